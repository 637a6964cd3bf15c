using System.Diagnostics;
using System.Runtime.InteropServices;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>A stop beside a GPU that compiles or hangs: it waits for callers alone, and names them.</summary>
internal sealed class GpuChangeStopTests
{
    // A compilation and a kernel take ten minutes here, and the drain time is as long. A stop that waits for one exceeds this bound.
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(45);

    private static readonly string[] s_patient = ["--drain_timeout_seconds", "600"];

    [Test]
    [Arguments("GPU")]
    [Arguments("AUTO:GPU,CPU")]
    public async Task Compilation_IsNotWaitedFor(string device)
    {
        using Gpu gpu = new();
        gpu.Set("build_delay_ms=600000");
        await using OvmsServer server = OvmsServer.Launch(Repo.Model("dummy"), "dummy", gpu.Variables, ["--target_device", device, .. s_patient]);
        string awaited = device == "GPU" ? "\"state\": \"LOADING\"" : "Ready after";
        await server.Process.WaitForLineAsync(line => line.Contains(awaited, StringComparison.Ordinal));
        await StopsSoonAsync(server);
        await Assert.That(server.Process.Output).DoesNotContain("in flight:");
        await Assert.That(server.Process.Output).DoesNotContain("cut off");
    }

    [Test]
    [Arguments("GPU")]
    [Arguments("AUTO:GPU")]
    [Arguments("MULTI:GPU,CPU")]
    [Arguments("BATCH:GPU(1)")]
    public async Task KernelThatHangs_IsNotWaitedForWhenItsCallerHasGone(string device)
    {
        using Gpu gpu = new();
        await using OvmsServer server = await OvmsServer.StartAsync(
            Repo.Model("dummy"), "dummy", gpu.Variables, ["--target_device", device, .. s_patient]);
        using CancellationTokenSource leaving = new();
        Task<ModelInferResponse> call = await HangAsync(server, gpu, leaving.Token);
        await leaving.CancelAsync();
        await Fault.OfAsync(async () => await call);
        await StopsSoonAsync(server);
    }

    [Test]
    public async Task CallThatTheStopWaitsFor_IsNamed()
    {
        using Gpu gpu = new();
        await using OvmsServer server = await OvmsServer.StartAsync(
            Repo.Model("dummy"), "dummy", gpu.Variables, ["--target_device", "GPU", .. s_patient]);
        Task<ModelInferResponse> call = await HangAsync(server, gpu, CancellationToken.None);
        server.Process.Signal(PosixSignal.SIGTERM);
        await server.Process.WaitForLineAsync(static line => line.Contains("s for calls in flight: dummy (version 1): 1 call"));
        gpu.Set();
        await Assert.That((await call).Values<float>("a").SequenceEqual(FloatCalls.Count(10, 2))).IsTrue();
        await Assert.That(await server.Process.WaitForExitAsync()).IsEqualTo(0);
        await Assert.That(server.Process.Output).DoesNotContain("cut off");
    }

    [Test]
    public async Task CallThatIsCutOff_IsNamed()
    {
        using Gpu gpu = new();
        await using OvmsServer server = await OvmsServer.StartAsync(
            Repo.Model("dummy"), "dummy", gpu.Variables, "--target_device", "GPU", "--drain_timeout_seconds", "2");
        Task<ModelInferResponse> call = await HangAsync(server, gpu, CancellationToken.None);
        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);
        await Assert.That(server.Process.Output).Contains("Calls still in flight after 2 s were cut off: dummy (version 1): 1 call");
        await Fault.OfAsync(async () => await call);
    }

    private static async Task<Task<ModelInferResponse>> HangAsync(OvmsServer server, Gpu gpu, CancellationToken leaving)
    {
        // AUTO may still compile for the GPU.
        using CancellationTokenSource patience = new(OvmsProcess.Patience);
        while (gpu.Starts(0) < 20 && !patience.IsCancellationRequested)
        {
            await server.CheckDummyAsync("dummy");
        }

        gpu.Set("enqueue_delay_ms=600000", "wait_delay_ms=600000");
        Task<ModelInferResponse> call = server.Client.ModelInferAsync(HeldCall.Request, cancellationToken: leaving).ResponseAsync;

        // MULTI gives the first call to any of its devices; one of those that follow meets the GPU.
        while (await Task.WhenAny(call, Task.Delay(TimeSpan.FromSeconds(1), CancellationToken.None)) == call && !patience.IsCancellationRequested)
        {
            call = server.Client.ModelInferAsync(HeldCall.Request, cancellationToken: leaving).ResponseAsync;
        }

        return call;
    }

    private static async Task StopsSoonAsync(OvmsServer server)
    {
        long begun = Stopwatch.GetTimestamp();
        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);
        await Assert.That(Stopwatch.GetElapsedTime(begun)).IsLessThan(s_soon);
    }
}
