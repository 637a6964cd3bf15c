using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using Grpc.Core;
using Grpc.Health.V1;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>
/// What callers hear between the stop signal and the end. A batch that never fills holds one call in flight, and with it the server.
/// </summary>
public sealed class DrainTests
{
    [Test]
    public async Task LateCalls_AreUnavailableOverBothProtocols()
    {
        await using HeldCall held = await HeldCall.StartAsync(milliseconds: 3000);
        OvmsServer server = held.Server;
        server.Process.Signal(PosixSignal.SIGTERM);
        await server.Process.WaitForLineAsync(static line => line.Contains("\"state\": \"UNLOADING\"", StringComparison.Ordinal));

        foreach (string path in new[] { "/v2/health/ready", "/v2/models/dummy", "/v2/models/dummy/ready", "/v2/models/dummy/versions/1" })
        {
            using HttpResponseMessage answer = await server.Http.GetAsync(path);
            await Assert.That(answer.StatusCode).IsEqualTo(HttpStatusCode.ServiceUnavailable).Because(path);
            await Assert.That(answer.Headers.RetryAfter).IsNotNull().Because(path);
        }

        const string Body = """{"inputs":[{"name":"b","shape":[1,10],"datatype":"FP32","data":[1,2,3,4,5,6,7,8,9,10]}]}""";
        using HttpResponseMessage infer = await server.Http.PostAsync("/v2/models/dummy/infer", new StringContent(Body, Encoding.UTF8, "application/json"));
        await Assert.That(infer.StatusCode).IsEqualTo(HttpStatusCode.ServiceUnavailable);
        await Assert.That(await infer.Content.ReadAsStringAsync()).Contains("Server is shutting down");
        using HttpResponseMessage live = await server.Http.GetAsync("/v2/health/live");
        await Assert.That(live.StatusCode).IsEqualTo(HttpStatusCode.OK);

        RpcException metadata = await Fault.OfAsync(async () => await server.Client.ModelMetadataAsync(new ModelMetadataRequest { Name = "dummy" }));
        await Assert.That(metadata.StatusCode).IsEqualTo(StatusCode.Unavailable);
        await Assert.That((await server.Client.ServerReadyAsync(new ServerReadyRequest())).Ready).IsFalse();
        await Assert.That((await server.Client.ModelReadyAsync(new ModelReadyRequest { Name = "dummy" })).Ready).IsFalse();

        await Assert.That((await held.Answer).Values<float>("a")[9]).IsEqualTo(11f);
        await Assert.That(await server.Process.WaitForExitAsync()).IsEqualTo(0);
    }

    [Test]
    [Arguments("")]
    [Arguments("dummy")]
    public async Task WatcherOfHealth_HearsTheStopAndIsLetGo(string service)
    {
        await using HeldCall held = await HeldCall.StartAsync(milliseconds: 3000);
        OvmsServer server = held.Server;
        using AsyncServerStreamingCall<HealthCheckResponse> watch = new Health.HealthClient(server.Channel).Watch(new HealthCheckRequest { Service = service });
        await Assert.That(await watch.ResponseStream.MoveNext()).IsTrue();
        await Assert.That(watch.ResponseStream.Current.Status).IsEqualTo(HealthCheckResponse.Types.ServingStatus.Serving);

        server.Process.Signal(PosixSignal.SIGTERM);
        await Assert.That(await watch.ResponseStream.MoveNext()).IsTrue();
        await Assert.That(watch.ResponseStream.Current.Status).IsEqualTo(HealthCheckResponse.Types.ServingStatus.NotServing);
        await Assert.That(await watch.ResponseStream.MoveNext()).IsFalse();

        await Assert.That((await held.Answer).Values<float>("a")[0]).IsEqualTo(2f);
        await Assert.That(await server.Process.WaitForExitAsync()).IsEqualTo(0);
    }
}
