using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>What the log says of devices that were lost, and of those that hide behind a batch.</summary>
internal sealed class GpuFaultTextTests
{
    [Test]
    public async Task GpuThatWasLost_IsNotCalledOneThatTheMachineLacks()
    {
        using Gpu gpu = new();
        await using LivingRepository repository = new() { Environment = gpu.Variables };
        foreach (string model in (string[])["m", "g", "late"])
        {
            repository.Put(model, 1, adds: 1);
        }

        repository.Configure("m", "g, \"target_device\": \"GPU\"");
        await repository.StartAsync("--file_system_poll_wait_seconds", "0");
        gpu.Set("lost=1", "absent=1");
        repository.Configure("m", "g, \"target_device\": \"GPU\"", "late, \"target_device\": \"GPU\"");
        await repository.ReloadAsync();
        string failure = await repository.Process.WaitForLineAsync(
            static line => line.Contains("Model late; version: 1 cannot be served", StringComparison.Ordinal));
        await Assert.That(failure).DoesNotContain("/dev/dri");
        await Assert.That(await repository.Process.StopAsync()).IsEqualTo(0);
        await Assert.That(repository.Process.Output).DoesNotContain("ServableId");
    }

    [Test]
    [Arguments("AUTO:GPU", "THROUGHPUT", "precision: f16;")]
    [Arguments("MULTI:GPU,CPU", "THROUGHPUT", ", GPU.0 f16;")]
    public async Task PrecisionOfAGpuBehindABatch_IsInTheLoadLine(string device, string hint, string expected)
    {
        using Gpu gpu = new();
        await using OvmsServer server = await OvmsServer.StartAsync(
            Repo.Model("dummy"), "dummy", gpu.Variables, "--target_device", device, "--plugin_config", $$"""{"PERFORMANCE_HINT": "{{hint}}"}""");
        string loaded = server.Process.Output.Split('\n').Single(static line => line.Contains("Loaded model dummy", StringComparison.Ordinal));
        await Assert.That(loaded).Contains(expected);
        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);
    }
}
