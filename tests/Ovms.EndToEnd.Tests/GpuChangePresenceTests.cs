using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>GPUs that come after the start are found without a restart; for one that was lost for good a restart is asked for.</summary>
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
    public async Task GpuThatWasAbsentAtTheStart_IsFoundByAutoWithoutAList()
    {
        using Gpu gpu = new();
        gpu.Set("absent=1");
        await using LivingRepository repository = new() { Environment = gpu.Variables };
        repository.Put("auto", 1, adds: 1);
        repository.Put("cpu", 1, adds: 1);
        repository.Configure("auto, \"target_device\": \"AUTO\"", "cpu");
        await repository.StartAsync("--file_system_poll_wait_seconds", "0");
        await Assert.That(await repository.AddsAsync("auto")).IsEqualTo(1f);
        await Assert.That(repository.Process.Output).DoesNotContain("runs on CPU only");
        gpu.Set();
        await repository.Process.WaitForLineAsync(static line => line.Contains("Devices came after the start. Model auto; version: 1 goes on serving while a second copy is loaded, because AUTO may"));
        await repository.Process.WaitForLineAsync(static line => line.Contains("Model auto; version: 1 was loaded again and runs on GPU.0; before: CPU"));
        ulong before = gpu.Starts(0);
        await Assert.That(await repository.AddsAsync("auto")).IsEqualTo(1f);
        await Assert.That(await repository.AddsAsync("cpu")).IsEqualTo(1f);
        await Assert.That(gpu.Starts(0)).IsGreaterThan(before);
        await Assert.That(repository.Process.Output.Split('\n').Count(static line => line.Contains("Devices came after the start", StringComparison.Ordinal))).IsEqualTo(1);
        await Assert.That(await repository.Process.StopAsync()).IsEqualTo(0);
    }

    [Test]
    public async Task GpuThatIsLostForThisProcess_AsksForARestart()
    {
        using Gpu gpu = new();
        await using LivingRepository repository = new() { Environment = gpu.Variables };
        repository.Put("auto", 1, adds: 1);
        repository.Configure("auto, \"target_device\": \"AUTO:GPU,CPU\"");

        // Without a poll, too, the way back is tried.
        await repository.StartAsync("--file_system_poll_wait_seconds", "0");
        await CallUntilAsync(repository, static output => output.Contains("Model auto; version: 1; devices executing: GPU.0; before: (CPU)"));
        gpu.Set("dead=1");
        await CallUntilAsync(repository, static output => output.Contains("does not run on a better device yet, attempt 1: "));
        string told = await repository.Process.WaitForLineAsync(static line => line.Contains("does not run on a better device yet"));
        await Assert.That(told).Contains("If other programs can use the device, restart the server");
        await Assert.That(await repository.AddsAsync("auto")).IsEqualTo(1f);
        await Assert.That(await repository.Process.StopAsync()).IsEqualTo(0);
    }

    private static async Task CallUntilAsync(LivingRepository repository, Func<string, bool> holds)
    {
        using CancellationTokenSource patience = new(OvmsProcess.Patience);
        while (!holds(repository.Process.Output))
        {
            await Assert.That(patience.IsCancellationRequested).IsFalse().Because(repository.Process.Output);
            await Assert.That(await repository.AddsAsync("auto")).IsEqualTo(1f);
        }
    }
}
