using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>What the log says of GPUs, and of properties that do not suit them.</summary>
internal sealed class GpuFactsTests
{
    [Test]
    public async Task EachGpu_IsDescribedOnce()
    {
        using Gpu gpu = new(2);
        await using OvmsServer server = await StartAsync(gpu, "MULTI:GPU.0,GPU.1", "{}");

        string[] lines = [.. server.Process.Output.Split('\n').Where(static line => line.Contains(" Device GPU.", StringComparison.Ordinal))];
        await Assert.That(lines.Length).IsEqualTo(2);
        await Assert.That(lines[0]).Contains("Device GPU.0 (also GPU) is Intel(R) Graphics").And.Contains("; integrated; memory: ").And.Contains("GiB");
        await Assert.That(lines[1]).Contains("Device GPU.1 is Intel(R) Graphics").And.Contains("; discrete; memory: ").And.Contains("; driver: ");
        await Assert.That(lines[1]).DoesNotContain("driver: not reported");
    }

    [Test]
    [Arguments("MULTI:CPU,GPU.0", "{}", "precision: CPU bf16, GPU.0 f16;|precision: CPU f32, GPU.0 f16;")]
    [Arguments("MULTI:CPU,GPU.0", """{"PERFORMANCE_HINT": "THROUGHPUT"}""", "hint: THROUGHPUT;")]
    [Arguments("AUTO:GPU", """{"PERFORMANCE_HINT": "THROUGHPUT"}""", "streams: 2;")]
    [Arguments("AUTO:GPU", """{"PERFORMANCE_HINT": "THROUGHPUT", "ALLOW_AUTO_BATCHING": false}""", "streams: 2;")]
    [Arguments("AUTO:GPU", "{}", "streams: 1;")]
    public async Task LoadLine_TellsWhatIsKnownOfEachDevice(string device, string config, string expected)
    {
        using Gpu gpu = new();
        await using OvmsServer server = await StartAsync(gpu, device, config);

        string line = await server.Process.WaitForLineAsync(static line => line.Contains("Loaded model dummy;", StringComparison.Ordinal));
        await Assert.That(expected.Split('|').Any(line.Contains)).IsTrue().Because(line);
        foreach (string noDevice in new[] { "CACHE_DIR", "MODEL_DISTRIBUTION_POLICY", "DEVICE_ID" })
        {
            await Assert.That(line).DoesNotContain(noDevice);
        }
    }

    [Test]
    [Arguments("GPU", """{"PERFORMANCE_HINT": "THROUGHPUT"}""", "waits 1000 ms")]
    [Arguments("MULTI:CPU,GPU.0", """{"PERFORMANCE_HINT": "THROUGHPUT", "AUTO_BATCH_TIMEOUT": 200}""", "waits 200 ms")]
    [Arguments("AUTO:GPU,CPU", """{"PERFORMANCE_HINT": "THROUGHPUT"}""", "waits 1000 ms")]
    [Arguments("GPU", """{"PERFORMANCE_HINT": "THROUGHPUT", "ALLOW_AUTO_BATCHING": false}""", null)]
    [Arguments("GPU", "{}", null)]
    public async Task BatchThatNobodyAskedFor_IsToldWithTheRemedy(string device, string config, string? wait)
    {
        using Gpu gpu = new();
        await using OvmsServer server = await StartAsync(gpu, device, config);

        bool isTold = server.Process.Output.Contains("OpenVINO gathers calls into batches on GPU", StringComparison.Ordinal);
        await Assert.That(isTold).IsEqualTo(wait is not null);
        await Assert.That(server.Process.Output).Contains(wait ?? "");
    }

    [Test]
    [Arguments("GPU", """{"NUM_STREAMS": 0}""", "plugin_config: NUM_STREAMS cannot be \"0\" on GPU; expected is a whole number from 1, or AUTO")]
    [Arguments("GPU", """{"INFERENCE_PRECISION_HINT": "bf16"}""", "plugin_config: INFERENCE_PRECISION_HINT cannot be \"bf16\" on GPU; change it or leave it out. OpenVINO says: Invalid value: bf16")]
    [Arguments("MULTI:CPU,GPU", """{"GPU_QUEUE_PRIORITY": "x"}""", "plugin_config: GPU_QUEUE_PRIORITY cannot be \"x\" on GPU; change it or leave it out. OpenVINO says: Invalid value: x")]
    [Arguments("GPU", """{"AUTO_BATCH_DEVICE_CONFIG": "GPU(4)"}""", "as in BATCH:CPU(256)")]
    public async Task PropertyThatTheGpuDoesNotTake_IsRefusedInOurWords(string device, string config, string expected)
    {
        using Gpu gpu = new();
        await using OvmsServer server =
            OvmsServer.Launch(Repo.Model("dummy"), "dummy", gpu.Variables, "--target_device", device, "--plugin_config", config);

        await Assert.That(await server.Process.WaitForExitAsync()).IsEqualTo(1);
        await Assert.That(server.Process.Output).Contains(expected);
    }

    [Test]
    public async Task MoreStreamsThanAreUseful_AreTold()
    {
        using Gpu gpu = new();
        await using OvmsServer server = await StartAsync(gpu, "GPU", """{"NUM_STREAMS": 9}""");

        await Assert.That(server.Process.Output).Contains("NUM_STREAMS=9 was requested, and GPU reports that 2 are useful at most");
    }

    [Test]
    public async Task Cache_IsToldInTheLoadLine()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("ovms-gpu-told-");
        try
        {
            foreach (string expected in new[] { "; cache: no hit, entry added", "; cache: hit" })
            {
                using Gpu gpu = new();
                await using OvmsServer server = await StartAsync(gpu, "GPU", "{}", "--cache_dir", folder.FullName);
                await Assert.That(server.Process.Output).Contains(expected);
                await server.Process.StopAsync();
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Task<OvmsServer> StartAsync(Gpu gpu, string device, string config, params string[] more) =>
        OvmsServer.StartAsync(
            Repo.Model("dummy"), "dummy", gpu.Variables, ["--target_device", device, "--plugin_config", config, .. more]);
}
