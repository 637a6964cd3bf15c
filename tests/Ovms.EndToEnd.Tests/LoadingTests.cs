using System.Net;
using Grpc.Core;
using Grpc.Health.V1;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>
/// What callers hear while a model loads. Its entry in the model cache is a pipe that nobody writes to, so that the load lasts as long as
/// the test wants.
/// </summary>
public sealed class LoadingTests
{
    [Test]
    public async Task LoadingModel_IsUnavailableAndTheServerLive()
    {
        using PipeModel model = await PipeModel.MakeAsync();
        await using OvmsServer server = await LaunchAsync(model);

        await Assert.That((await server.Client.ServerLiveAsync(new ServerLiveRequest())).Live).IsTrue();
        await Assert.That((await server.Client.ServerReadyAsync(new ServerReadyRequest())).Ready).IsFalse();
        await Assert.That((await server.Client.ModelReadyAsync(new ModelReadyRequest { Name = "m" })).Ready).IsFalse();
        Func<Task>[] calls =
        [
            async () => await server.Client.ModelMetadataAsync(new ModelMetadataRequest { Name = "m" }),
            async () => await server.Client.ModelInferAsync(Requests.For("m").WithRaw("b", "FP32", [1, 10], new float[10])),
            async () => await server.Client.ModelInferAsync(Requests.For("m", "1").WithRaw("b", "FP32", [1, 10], new float[10])),
        ];
        foreach (Func<Task> call in calls)
        {
            RpcException fault = await Fault.OfAsync(call);
            await Assert.That(fault.StatusCode).IsEqualTo(StatusCode.Unavailable);
            await Assert.That(fault.Status.Detail).IsEqualTo("Model with requested version is not loaded yet");
        }

        Health.HealthClient health = new(server.Channel);
        foreach (string service in new[] { "", "m" })
        {
            HealthCheckResponse answer = await health.CheckAsync(new HealthCheckRequest { Service = service });
            await Assert.That(answer.Status).IsEqualTo(HealthCheckResponse.Types.ServingStatus.NotServing);
        }
    }

    [Test]
    public async Task LoadingModel_IsServiceUnavailableWithRetryAfter()
    {
        using PipeModel model = await PipeModel.MakeAsync();
        await using OvmsServer server = await LaunchAsync(model);

        using HttpResponseMessage live = await server.Http.GetAsync("/v2/health/live");
        await Assert.That(live.StatusCode).IsEqualTo(HttpStatusCode.OK);
        foreach (string path in new[] { "/v2/health/ready", "/v2/models/m/ready", "/v2/models/m", "/v2/models/m/versions/1" })
        {
            using HttpResponseMessage answer = await server.Http.GetAsync(path);
            await Assert.That(answer.StatusCode).IsEqualTo(HttpStatusCode.ServiceUnavailable).Because(path);
            await Assert.That(answer.Headers.RetryAfter).IsNotNull().Because(path);
        }

        using HttpResponseMessage infer = await server.Http.PostAsync("/v2/models/m/infer", new StringContent("{}"));
        await Assert.That(infer.StatusCode).IsEqualTo(HttpStatusCode.ServiceUnavailable);
        await Assert.That(infer.Headers.RetryAfter).IsNotNull();
    }

    [Test]
    public async Task StopSignalWhileLoading_EndsWithZeroAndDoesNotWait()
    {
        using PipeModel model = await PipeModel.MakeAsync();
        await using OvmsServer server = await LaunchAsync(model, "--drain_timeout_seconds", "86400");
        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0).Because(server.Process.Errors);
        await Assert.That(server.Process.Output).Contains("still loading");
        await Assert.That(server.Process.Output).Contains("Stopped");
    }

    [Test]
    [Arguments("OpenVINO Model Server ")]
    [Arguments("OpenVINO backend ")]
    [Arguments("Devices seen: ")]
    [Arguments("Started gRPC server")]
    [Arguments("\"state\": \"START\"")]
    [Arguments("\"state\": \"LOADING\"")]
    [Arguments("Loaded model ")]
    public async Task StopSignalAtAnyStepOfTheStart_EndsWithZero(string step)
    {
        await using OvmsServer server = OvmsServer.Launch(Repo.Model("dummy"), "dummy", null);
        await server.Process.WaitForLineAsync(line => line.Contains(step, StringComparison.Ordinal));
        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0).Because(server.Process.Output + server.Process.Errors);
        await Assert.That(server.Process.Errors).IsEmpty();
        await Assert.That(server.Process.Output).Contains("Stopped");
    }

    // Each socket can be had, both together cannot, since a link leads to the same folder: that shows only when the load has begun.
    [Test]
    public async Task PortThatCannotBeHadAfterAll_EndsWithOneThoughTheModelStillLoads()
    {
        using PipeModel model = await PipeModel.MakeAsync();
        DirectoryInfo folder = Directory.CreateTempSubdirectory("ovms-sockets-");
        try
        {
            string socket = Path.Combine(folder.CreateSubdirectory("a").FullName, "s");
            string link = Path.Combine(folder.FullName, "b");
            Directory.CreateSymbolicLink(link, Path.GetDirectoryName(socket)!);
            await EndsWithOneAsync(model, ["--grpc_uds", socket, "--rest_uds", Path.Combine(link, "s")]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task EndsWithOneAsync(PipeModel model, string[] listeners)
    {
        (int code, string output, string errors) = await OvmsProcess.RunAsync(["--model_path", model.Path, "--model_name", "m", .. listeners, .. model.Arguments]);
        await Assert.That(code).IsEqualTo(1).Because(output + errors);
        await Assert.That(output).Contains("Failed to start");
        await Assert.That(errors).IsEmpty();
        await Assert.That(output).DoesNotContain("   at ");
    }

    private static async Task<OvmsServer> LaunchAsync(PipeModel model, params string[] more)
    {
        OvmsServer server = OvmsServer.Launch(model.Path, "m", null, [.. model.Arguments, .. more]);

        // The load begins while the ports are opened.
        await server.Process.WaitForLineAsync(static line => line.Contains("Started gRPC server", StringComparison.Ordinal));
        await server.Process.WaitForLineAsync(static line => line.Contains("Started REST server", StringComparison.Ordinal));
        await server.Process.WaitForLineAsync(static line => line.Contains("\"state\": \"LOADING\"", StringComparison.Ordinal));
        return server;
    }
}
