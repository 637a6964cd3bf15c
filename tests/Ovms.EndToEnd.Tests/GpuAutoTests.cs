using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>AUTO with two GPUs: it begins on the CPU, where it may, and goes over to a GPU while calls come.</summary>
internal sealed class GpuAutoTests
{
    /// <summary>More kernels than compiling the dummy starts.</summary>
    private const ulong ManyCalls = 50;

    [Test]
    [Arguments("AUTO", 1)]
    [Arguments("AUTO:GPU,CPU", 0)]
    [Arguments("AUTO:GPU.0,CPU", 0)]
    [Arguments("AUTO:-GPU.1", 0)]
    [Arguments("AUTO:-GPU.0", 1)]
    public async Task AutoWithACpu_ServesOnItUntilTheGpuIsReady(string device, int chosen)
    {
        using Gpu gpu = new(2);
        gpu.Set("build_delay_ms=600000");
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", gpu.Variables, "--target_device", device);
        await Assert.That(server.Process.Output).Contains($"device requested: {device}; devices executing: (CPU);");
        await server.CheckDummyAsync("dummy", calls: 16);
        await Assert.That(gpu.Starts(0) + gpu.Starts(1)).IsEqualTo(0ul);
        gpu.Set();
        await ComesToAsync(server, gpu, chosen);
    }

    [Test]
    [Arguments("AUTO:GPU.0", 0)]
    [Arguments("AUTO:GPU.1,GPU.0", 1)]
    [Arguments("AUTO:-CPU", 1)]
    public async Task AutoWithoutACpu_ServesOnItsGpu(string device, int chosen)
    {
        using Gpu gpu = new(2);
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", gpu.Variables, "--target_device", device);
        await Assert.That(server.Process.Output).Contains($"device requested: {device}; devices executing: GPU.{chosen};");
        await ComesToAsync(server, gpu, chosen);
    }

    [Test]
    public async Task AutoWithoutGpus_StaysOnTheCpu()
    {
        using Gpu gpu = new(2);
        await using OvmsServer server = await OvmsServer.StartAsync(
            Repo.Model("dummy"), "dummy", gpu.Variables, "--target_device", "AUTO:-GPU");
        await Assert.That(server.Process.Output).Contains("devices executing: CPU;");
        for (ulong call = 0; call < ManyCalls; call++)
        {
            await server.CheckDummyAsync("dummy");
        }

        await Assert.That(gpu.Starts(0) + gpu.Starts(1)).IsEqualTo(0ul);
        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);
    }

    [Test]
    public async Task GpuThatIsNotThere_IsRefusedBesideOneThatIs()
    {
        using Gpu gpu = new();
        await using OvmsServer server = OvmsServer.Launch(Repo.Model("dummy"), "dummy", gpu.Variables, "--target_device", "GPU.1");
        await Assert.That(await server.Process.WaitForExitAsync()).IsEqualTo(1);
        await Assert.That(server.Process.Output + server.Process.Errors).Contains("GPU.1");
    }

    private static async Task ComesToAsync(OvmsServer server, Gpu gpu, int chosen)
    {
        using CancellationTokenSource patience = new(OvmsProcess.Patience);
        while (gpu.Starts(0) + gpu.Starts(1) < ManyCalls && !patience.IsCancellationRequested)
        {
            await server.CheckDummyAsync("dummy");
        }

        await Assert.That(gpu.Starts(chosen)).IsGreaterThanOrEqualTo(ManyCalls);
        await Assert.That(gpu.Starts(1 - chosen)).IsEqualTo(0ul);
        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);
        await Assert.That(server.Process.Output).DoesNotContain("][error][");
    }
}
