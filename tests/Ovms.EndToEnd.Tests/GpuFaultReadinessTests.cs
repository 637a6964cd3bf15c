using System.Net;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>A model whose GPU fails says so, and serves again when the GPU computes again.</summary>
internal sealed class GpuFaultReadinessTests
{
    private const string Broken = "enqueue_error=CL_OUT_OF_RESOURCES";

    [Test]
    [Arguments("all")]
    [Arguments("any")]
    public async Task ErrorsInARow_MakeTheVersionUnreadyUntilAProbeSucceeds(string rule)
    {
        using Gpu gpu = new();
        await using OvmsServer server = await StartAsync(gpu, "--ready_when", rule);
        gpu.Set(Broken);
        for (int call = 0; call < 3; call++)
        {
            await Assert.That(await ReadyAsync(server, "gpu")).IsTrue();
            Grpc.Core.RpcException failure = await FailAsync(server, "gpu");
            await Assert.That(failure.StatusCode).IsEqualTo(Grpc.Core.StatusCode.Unavailable);
            await Assert.That(failure.Status.Detail).Contains("CL_OUT_OF_RESOURCES").And.DoesNotContain("typically");
        }

        await Assert.That(await ReadyAsync(server, "gpu")).IsFalse();
        await Assert.That((await FailAsync(server, "gpu")).Status.Detail)
            .Contains("3 inferences in a row failed on GPU")
            .And.DoesNotContain("typically")
            .Because("OpenVINO's advice is for whoever runs the server");
        await Assert.That(server.Process.Output).Contains("error typically occurs in two cases");
        await Assert.That((await server.RefusalAsync(CallWay.KServeRest, "gpu", ("b", [1, 10], new float[10]))).Status).IsEqualTo("503");
        await Assert.That((await server.RefusalAsync(CallWay.TfsRest, "gpu", ("b", [1, 10], new float[10]))).Status).IsEqualTo("503");
        await Assert.That((await server.RefusalAsync(CallWay.TfsGrpc, "gpu", ("b", [1, 10], new float[10]))).Status).IsEqualTo("Unavailable");

        // Its state stays, and so does everything else.
        await Assert.That(await server.Http.GetStringAsync("/v1/models/gpu")).Contains("AVAILABLE");
        await Assert.That((await server.Http.GetAsync("/v2/health/live")).StatusCode).IsEqualTo(HttpStatusCode.OK);
        await Assert.That((await server.Http.GetAsync("/v2/models/gpu")).StatusCode).IsEqualTo(HttpStatusCode.OK);
        await Assert.That(await ReadyAsync(server, "cpu")).IsTrue();
        await server.CheckDummyAsync("cpu");
        bool isReady = rule == "any";
        await Assert.That((await server.Client.ServerReadyAsync(new ServerReadyRequest())).Ready).IsEqualTo(isReady);
        await Assert.That((await server.Http.GetAsync("/v2/health/ready")).IsSuccessStatusCode).IsEqualTo(isReady);

        gpu.Set();
        await server.Process.WaitForLineAsync(static line => line.Contains("is ready again: GPU computes", StringComparison.Ordinal));
        await Assert.That(await ReadyAsync(server, "gpu")).IsTrue();
        await server.CheckDummyAsync("gpu");
        await Assert.That((await server.Client.ServerReadyAsync(new ServerReadyRequest())).Ready).IsTrue();
    }

    [Test]
    public async Task ManyFailedCalls_AreAFewLines()
    {
        using Gpu gpu = new();
        await using OvmsServer server = await StartAsync(gpu, "--device_errors_before_unready", "0");
        int before = server.Process.Output.Length;
        gpu.Set(Broken);
        for (int call = 0; call < 200; call++)
        {
            await FailAsync(server, "gpu");
        }

        await Assert.That(await ReadyAsync(server, "gpu")).IsTrue();
        await server.Process.WaitForLineAsync(static line => line.Contains("CL_OUT_OF_RESOURCES", StringComparison.Ordinal));
        string told = server.Process.Output[before..];
        await Assert.That(told.Split('\n').Count(static line => line.Contains("CL_OUT_OF_RESOURCES", StringComparison.Ordinal))).IsBetween(1, 5);
        await Assert.That(told).DoesNotContain("\t");
        gpu.Set();
        await server.CheckDummyAsync("gpu");

        // Those that no line told are counted when the process ends, at the latest.
        await server.Process.StopAsync();
        await Assert.That(server.Process.Output).Contains("inferences that failed on GPU: 1; in a row: 1;");
        await Assert.That(server.Process.Output).Contains("inferences that failed on GPU: 199; in a row: 200;");
    }

    // A model of open shapes is not ready only after a probe has failed. Here the probe hangs: what fails it is its deadline.
    [Test]
    public async Task ProbeWithoutAnAnswer_CountsAsFailed()
    {
        using Gpu gpu = new();
        await using OvmsServer server = await StartAsync(gpu);
        gpu.Set(Broken, "enqueue_times=3", "wait_delay_ms=600000");
        for (int call = 0; call < 3; call++)
        {
            await Assert.That((await server.RefusalAsync(CallWay.KServeGrpc, "open", ("b", [1, 10], new float[10]))).Status)
                .IsEqualTo("Unavailable");
        }

        await Assert.That(await ReadyAsync(server, "open")).IsTrue();
        string line = await server.Process.WaitForLineAsync(
            static line => line.Contains("Model open; version: 1 is not ready", StringComparison.Ordinal));
        await Assert.That(line).Contains("no answer within 10 s");
        await Assert.That(await ReadyAsync(server, "open")).IsFalse();
        await server.CheckDummyAsync("cpu", calls: 16);
        gpu.Set();
        await server.Process.WaitForLineAsync(
            static line => line.Contains("Model open; version: 1 is ready again: GPU computes", StringComparison.Ordinal));
        await server.CheckDummyAsync("open");
        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);
    }

    [Test]
    public async Task InferenceWithoutAnAnswer_IsLoggedOnce()
    {
        using Gpu gpu = new();
        await using OvmsServer server = await StartAsync(gpu);
        gpu.Set("wait_delay_ms=600000");
        Task hanging = server.CheckDummyAsync("gpu");
        await server.Process.WaitForLineAsync(
            static line => line.Contains("Model gpu; version: 1; inferences on GPU without an answer for 10 s: 1", StringComparison.Ordinal));
        await Assert.That(await ReadyAsync(server, "gpu")).IsTrue().Because("nothing tells a hang from a long inference");
        gpu.Set();
        await hanging;
        int lines = server.Process.Output.Split('\n').Count(static line => line.Contains("without an answer", StringComparison.Ordinal));
        await Assert.That(lines).IsEqualTo(1);
    }

    private static async Task<OvmsServer> StartAsync(Gpu gpu, params string[] more)
    {
        using ConfigFolder folder = new(
            $$$"""
            {"model_config_list": [
                {"config": {"name": "cpu", "base_path": "{{{Repo.Model("dummy")}}}"}},
                {"config": {"name": "open", "base_path": "{{{Repo.Model("dummy")}}}", "target_device": "GPU", "shape": "(-1,10)"}},
                {"config": {"name": "gpu", "base_path": "{{{Repo.Model("dummy")}}}", "target_device": "GPU"}}]}
            """);
        return await OvmsServer.StartOnAsync(
            "Ready after", gpu.Variables, ["--config_path", folder.File, "--file_system_poll_wait_seconds", "0", .. more]);
    }

    private static async Task<Grpc.Core.RpcException> FailAsync(OvmsServer server, string model) =>
        await Assert.That(async () => await server.CheckDummyAsync(model)).Throws<Grpc.Core.RpcException>()
            ?? throw new InvalidOperationException("The call was expected to fail.");

    // Both front ends say the same.
    private static async Task<bool> ReadyAsync(OvmsServer server, string model)
    {
        bool isReady = (await server.Client.ModelReadyAsync(new ModelReadyRequest { Name = model })).Ready;
        using HttpResponseMessage answer = await server.Http.GetAsync($"/v2/models/{model}/ready");
        await Assert.That(answer.IsSuccessStatusCode).IsEqualTo(isReady);
        return isReady;
    }
}
