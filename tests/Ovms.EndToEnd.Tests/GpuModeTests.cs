using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>Every way to use two GPUs: the log says what executes, the answers are right, and the GPUs meant, no others, compute.</summary>
[ClassDataSource<GpuServer>(Shared = SharedType.PerTestSession)]
[NotInParallel(GpuServer.Alone)]
internal sealed class GpuModeTests(GpuServer fixture)
{
    [Test]
    [MethodDataSource(typeof(GpuMode), nameof(GpuMode.Names))]
    public async Task Mode_ComputesOnTheGpusItNames(string name)
    {
        (OvmsServer server, Gpu gpu) = await fixture.StartedAsync();
        GpuMode mode = GpuMode.All.Single(mode => mode.Name == name);
        string line = await server.Process.WaitForLineAsync(line => line.Contains($"Loaded model {name};", StringComparison.Ordinal));
        await Assert.That(line).Contains($"device requested: {mode.Device};");
        foreach (string part in mode.Told)
        {
            await Assert.That(line).Contains(part);
        }

        ulong[] before = [gpu.Starts(0), gpu.Starts(1)];
        using CancellationTokenSource patience = new(OvmsProcess.Patience);
        int rounds = 0;
        do
        {
            await server.CheckDummyAsync(name, calls: 16);
        }
        while (++rounds < 3 || (mode.Gpus.Any(index => gpu.Starts(index) == before[index]) && !patience.IsCancellationRequested));
        int[] computed = [.. new[] { 0, 1 }.Where(index => gpu.Starts(index) > before[index])];
        await Assert.That(computed).IsEquivalentTo(mode.Gpus);
    }

    [Test]
    public async Task Batch_GathersCallsAndLetsALoneOneGoAfterItsTimeout()
    {
        (OvmsServer server, Gpu gpu) = await fixture.StartedAsync();
        ulong alone = await StartsOfAsync(1);
        await Assert.That(alone).IsGreaterThan(0ul);

        // OpenVINO may see a full batch too late, and then starts its calls one by one.
        ulong together = ulong.MaxValue;
        for (int round = 0; round < 20 && together >= 4 * alone; round++)
        {
            together = await StartsOfAsync(4);
        }

        await Assert.That(together).IsLessThan(4 * alone);

        async Task<ulong> StartsOfAsync(int calls)
        {
            ulong before = gpu.Starts(0);
            await server.CheckDummyAsync(GpuMode.Batch, calls);
            return gpu.Starts(0) - before;
        }
    }
}
