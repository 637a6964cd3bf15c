using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>A driver gives up what was compiled, while the GPU computes what is compiled anew: a second copy is compiled.</summary>
internal sealed class GpuChangeLostTests
{
    [Test]
    [Arguments("GPU")]
    [Arguments("HETERO:GPU,CPU")]
    [Arguments("BATCH:GPU(2)")]
    [Arguments("AUTO:GPU")]
    public async Task CompiledModelThatIsLost_IsReplacedByAnotherOne(string device)
    {
        using Gpu gpu = new();
        await using OvmsServer server = await StartAsync(gpu, device);

        // The second time the server's own question to the GPU is one that was compiled before, too.
        for (int time = 1; time <= 2; time++)
        {
            gpu.Set($"stale={time}");
            await FailAsync(server);
            await UntilAsync(server, "Model dummy; version: 1: 3 probes failed on ", time);
            await UntilAsync(server, "Model dummy; version: 1 was loaded again and runs on GPU.0", time);
            await server.CheckDummyAsync("dummy", 4);
            await Assert.That((await server.Client.ModelReadyAsync(new() { Name = "dummy" })).Ready).IsTrue();
            await Assert.That(Count(server, "Loaded model dummy;")).IsEqualTo(1 + time);
        }

        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);
    }

    [Test]
    public async Task DeviceThatIsLostForThisProcess_IsToldToCallersAndInTheLog()
    {
        using Gpu gpu = new();
        await using OvmsServer server = await StartAsync(gpu, "GPU");
        gpu.Set("dead=1");
        await FailAsync(server);
        await UntilAsync(server, "a second copy, compiled to replace it, does not compute either, attempt 2:", 1);
        Grpc.Core.RpcException refusal = await RefusalAsync(server);
        await Assert.That(refusal.StatusCode).IsEqualTo(Grpc.Core.StatusCode.Unavailable);
        await Assert.That(refusal.Status.Detail).Contains("A second copy of it, compiled to replace it, does not compute either: ").And.Contains("restart the server");
        await Assert.That(refusal.Status.Detail.Split("A second copy of it")).Count().IsEqualTo(2).Because("the newest reason takes the place of the last");
        await Assert.That(Count(server, "Loaded model dummy;")).IsEqualTo(1);
        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);
    }

    private static Task<OvmsServer> StartAsync(Gpu gpu, string device) =>
        OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", gpu.Variables, "--target_device", device);

    private static async Task FailAsync(OvmsServer server)
    {
        for (int call = 0; call < 3; call++)
        {
            await RefusalAsync(server);
        }
    }

    private static async Task<Grpc.Core.RpcException> RefusalAsync(OvmsServer server) =>
        await Assert.That(async () => await server.CheckDummyAsync("dummy")).Throws<Grpc.Core.RpcException>()
            ?? throw new InvalidOperationException("The call was expected to fail.");

    private static int Count(OvmsServer server, string part) =>
        server.Process.Output.Split('\n').Count(line => line.Contains(part, StringComparison.Ordinal));

    private static async Task UntilAsync(OvmsServer server, string part, int times)
    {
        // The log can be awaited for a line once only.
        using CancellationTokenSource patience = new(OvmsProcess.Patience);
        while (Count(server, part) < times)
        {
            await Assert.That(patience.IsCancellationRequested).IsFalse().Because(server.Process.Output);
            await Task.Delay(20);
        }
    }
}
