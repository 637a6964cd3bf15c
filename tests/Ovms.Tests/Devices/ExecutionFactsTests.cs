using Ovms.Devices;

namespace Ovms.Tests.Devices;

public sealed class ExecutionFactsTests
{
    [Test]
    [Arguments("CPU", "4", 4)]
    [Arguments("CPU", null, 1)]
    [Arguments("GPU.0, CPU", "GPU 2, CPU 3", 3)]
    [Arguments("GPU.0", "GPU 2, CPU 3", 0)]
    [Arguments("GPU.0", "2", 0)]
    [Arguments("CPU", "AUTO", 1)]
    [Arguments("GPU, CPU", "GPU 2, NPU 3", 1)]
    public async Task Streams_OfTheCpuAreTold(string executing, string? streams, int expected) =>
        await Assert.That(ExecutionFacts.StreamsOnCpu(executing, streams)).IsEqualTo(expected);

    [Test]
    [Arguments("{CPU:{A:1,NUM_STREAMS:2,B:x}}", "2")]
    [Arguments("{CPU:{NUM_STREAMS:2}}", "2")]
    [Arguments("{CPU:{A:1},GPU.0:{NUM_STREAMS:3}}", "GPU.0 3")]
    [Arguments("{CPU:{NUM_STREAMS:2},GPU.0:{NUM_STREAMS:3}}", "CPU 2, GPU.0 3")]
    [Arguments("{CPU:{NUM_STREAMS:2},GPU.0:{NUM_STREAMS:2}}", "2")]
    [Arguments("{CPU:{SUPPORTED_PROPERTIES:A NUM_STREAMS B}}", null)]
    [Arguments("{CPU:{NUM_STREAMS:}}", null)]
    [Arguments("{CPU:{MY_NUM_STREAMS:4}}", null)]
    [Arguments("{CPU:{CACHE_DIR:,NUM_STREAMS:2},GPU.0:{CACHE_DIR:,NUM_STREAMS:3}}", "CPU 2, GPU.0 3")]
    [Arguments("{CPU:{MODEL_DISTRIBUTION_POLICY:,NUM_STREAMS:1},GPU.0:{CACHE_DIR:,NUM_STREAMS:}}", "CPU 1")]
    [Arguments("{CPU:{LIMITS:{NUM_STREAMS:9},PATH:a:b,NUM_STREAMS:1}}", "1")]
    [Arguments("", null)]
    [Arguments("{", null)]
    [Arguments("{}", null)]
    [Arguments("{CPU:{}}", null)]
    [Arguments("{CPU:{NUM_STREAMS:2}", null)]
    [Arguments("{}}:,{", null)]
    public async Task Sections_TellAPropertyOfTheirDevices(string text, string? expected)
    {
        await Assert.That(ExecutionFacts.ReadSections(text, "NUM_STREAMS")).IsEqualTo(expected);
    }

    [Test]
    public async Task Sections_WithoutTheProperty_MayBeFilledIn()
    {
        string? streams = ExecutionFacts.ReadSections(
            "{CPU:{NUM_STREAMS:2},GPU.0:{AUTO_BATCH_TIMEOUT:1000}}",
            "NUM_STREAMS",
            static (device, others) => $"{device}-{others[0].Key}");

        await Assert.That(streams).IsEqualTo("CPU 2, GPU.0 GPU.0-AUTO_BATCH_TIMEOUT");
    }

    [Test]
    [Arguments(null, 0)]
    [Arguments("-", 0)]
    [Arguments("4", 4)]
    [Arguments("GPU.0 2, CPU 3", 5)]
    public async Task Streams_OfAllDevicesAreSummed(string? streams, int expected) =>
        await Assert.That(ExecutionFacts.TotalStreams(streams)).IsEqualTo(expected);

    [Test]
    [Arguments("meta=1.0;ov=2026.4.1;desc=[driver=24.35.30872;ip=12.0.0;eus=96]", "24.35.30872")]
    [Arguments("CPU meta=1.0;isa=x, GPU.0 meta=1.0;desc=[driver=3.1+debian;ip=1]", "3.1+debian")]
    [Arguments("desc=[driver=1.2]", "1.2")]
    [Arguments("meta=1.0;isa=x", null)]
    [Arguments(null, null)]
    public async Task Driver_IsReadFromWhatAModelRequires(string? requirements, string? driver) =>
        await Assert.That(ExecutionFacts.DriverOf(requirements)).IsEqualTo(driver);

    [Test]
    [Arguments("CPU", "LATENCY", "CPU", null)]
    [Arguments("GPU", "LATENCY", "GPU.0", null)]
    [Arguments("GPU.1", "LATENCY", "GPU.1", null)]
    [Arguments("GPU.1", "LATENCY", "GPU.0", "runs on GPU.0, not on GPU.1")]
    [Arguments("AUTO", "LATENCY", "CPU", null)]
    [Arguments("AUTO:-GPU", "LATENCY", "CPU", null)]
    [Arguments("AUTO:GPU,CPU", "LATENCY", "GPU.0", null)]
    [Arguments("AUTO:GPU,CPU", "LATENCY", "CPU", "AUTO:GPU,CPU was requested, and OpenVINO reports that the model runs on CPU, not on GPU")]
    [Arguments("AUTO:GPU,CPU", "LATENCY", "(CPU)", null)]
    [Arguments("AUTO:GPU,CPU", "CUMULATIVE_THROUGHPUT", "GPU.0 CPU", null)]
    [Arguments("AUTO:GPU,CPU", "CUMULATIVE_THROUGHPUT", "CPU", "not on GPU")]
    [Arguments("MULTI:GPU,CPU", "THROUGHPUT", "GPU.0 CPU", null)]
    [Arguments("MULTI:GPU(2),CPU(2)", "THROUGHPUT", "CPU", "runs on CPU, not on GPU")]
    [Arguments("HETERO:GPU,CPU", null, "GPU.0", null)]
    [Arguments("HETERO:GPU,CPU", null, "GPU.0 CPU", null)]
    [Arguments("HETERO:GPU,CPU", null, "CPU", "runs on CPU, not on GPU")]
    [Arguments("BATCH:GPU(4)", "LATENCY", "GPU.0", null)]
    [Arguments("CPU", "LATENCY", "", null)]
    [Arguments("CPU", "LATENCY", "NPU", "runs on NPU, not on CPU")]
    [Arguments("AUTO:GPU", "LATENCY", "GPU.0 CPU", "runs on GPU.0, CPU")]
    public async Task DevicesThatExecute_AreComparedWithThoseAskedFor(string target, string? hint, string executing, string? expected)
    {
        string? difference = ExecutionFacts.Difference(TargetDevice.Parse(target).Value!, hint, executing);

        if (expected is null)
        {
            await Assert.That(difference).IsNull();
        }
        else
        {
            await Assert.That(difference!).Contains(expected);
        }
    }
}
