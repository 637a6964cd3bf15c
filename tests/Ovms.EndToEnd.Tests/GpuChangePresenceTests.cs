using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>GPUs that come after the start, or come back after they were lost, are found without a restart.</summary>
internal sealed class GpuChangePresenceTests
{
    [Test]
    public async Task GpuThatWasAbsentAtTheStart_IsFoundLater()
    {
        using Gpu gpu = new();
        gpu.Set("absent=1");
        await using LivingRepository repository = new() { Environment = gpu.Variables };
        repository.Put("alone", 1, adds: 1);
        repository.Put("auto", 1, adds: 1);
        repository.Configure("alone, \"target_device\": \"GPU\"", "auto, \"target_device\": \"AUTO:GPU,CPU\"");
        await repository.StartAsync("--file_system_poll_wait_seconds", "1");
        await Assert.That(repository.Process.Output).Contains("Model alone; version: 1 cannot be served: Target device is not available");
        await Assert.That(repository.Process.Output).Contains("GPU is absent, so AUTO:GPU,CPU goes on as AUTO:CPU");
        await Assert.That(await repository.AddsAsync("auto")).IsEqualTo(1f);
        gpu.Set();
        await repository.UntilAsync("alone", "1 AVAILABLE");
        await repository.Process.WaitForLineAsync(static line => line.Contains("Model auto; version: 1 was loaded again and runs on GPU.0; before: CPU"));
        ulong before = gpu.Starts(0);
        await Assert.That(await repository.AddsAsync("alone")).IsEqualTo(1f);
        await Assert.That(await repository.AddsAsync("auto")).IsEqualTo(1f);
        await Assert.That(gpu.Starts(0)).IsGreaterThan(before);
        await Assert.That(await repository.Process.StopAsync()).IsEqualTo(0);
    }

    [Test]
    public async Task GpuWhoseContextsDied_IsFoundByANewCore()
    {
        using Gpu gpu = new();
        await using LivingRepository repository = new() { Environment = gpu.Variables };
        repository.Put("alone", 1, adds: 1);
        repository.Put("auto", 1, adds: 1);
        repository.Configure("alone, \"target_device\": \"GPU\"", "auto, \"target_device\": \"AUTO:GPU,CPU\"");
        await repository.StartAsync("--file_system_poll_wait_seconds", "0");
        await CallUntilAsync(repository, "auto", static output => output.Contains("Model auto; version: 1; devices executing: GPU.0; before: (CPU)"));
        gpu.Set("dead=1");
        await CallUntilAsync(repository, "auto", static output => output.Contains("Model auto; version: 1 was loaded again and runs on GPU.0; before: CPU"));

        // The first calls fail, then the model is not ready, and then it serves from a new core.
        await CallUntilAsync(repository, "alone", static output => output.Contains("Model alone; version: 1 was loaded again and runs on GPU.0"));
        ulong before = gpu.Starts(0);
        await Assert.That(await repository.AddsAsync("alone")).IsEqualTo(1f);
        await Assert.That(await repository.AddsAsync("auto")).IsEqualTo(1f);
        await Assert.That(gpu.Starts(0)).IsGreaterThan(before);
        await Assert.That(await repository.Process.StopAsync()).IsEqualTo(0);
    }

    private static async Task CallUntilAsync(LivingRepository repository, string model, Func<string, bool> holds)
    {
        using CancellationTokenSource patience = new(OvmsProcess.Patience);
        while (!holds(repository.Process.Output))
        {
            await Assert.That(patience.IsCancellationRequested).IsFalse().Because(repository.Process.Output);
            try
            {
                await Assert.That(await repository.AddsAsync(model)).IsEqualTo(1f);
            }
            catch (Grpc.Core.RpcException) when (model == "alone")
            {
                // Its only device fails. The next call must not come at once: the server is busy with the way back.
                await Task.Delay(50);
            }
        }
    }
}
