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
    [Arguments("{CPU:{A:1},GPU.0:{NUM_STREAMS:3}}", "3")]
    [Arguments("{CPU:{NUM_STREAMS:2},GPU.0:{NUM_STREAMS:3}}", "CPU 2, GPU.0 3")]
    [Arguments("{CPU:{NUM_STREAMS:2},GPU.0:{NUM_STREAMS:2}}", "2")]
    [Arguments("{CPU:{SUPPORTED_PROPERTIES:A NUM_STREAMS B}}", null)]
    [Arguments("{CPU:{NUM_STREAMS:}}", null)]
    [Arguments("{CPU:{MY_NUM_STREAMS:4}}", null)]
    [Arguments("", null)]
    [Arguments("{", null)]
    public async Task Sections_TellAPropertyOfTheirDevices(string text, string? expected)
    {
        await Assert.That(ExecutionFacts.ReadSections(text, "NUM_STREAMS")).IsEqualTo(expected);
    }

    [Test]
    [Arguments("CPU", "LATENCY", "CPU", null)]
    [Arguments("GPU", "LATENCY", "GPU.0", null)]
    [Arguments("GPU.1", "LATENCY", "GPU.1", null)]
    [Arguments("GPU.1", "LATENCY", "GPU.0", "runs on GPU.0, not on GPU.1")]
    [Arguments("AUTO", "LATENCY", "CPU", null)]
    [Arguments("AUTO:-GPU", "LATENCY", "CPU", null)]
    [Arguments("AUTO:GPU,CPU", "LATENCY", "GPU.0", null)]
    [Arguments("AUTO:GPU,CPU", "LATENCY", "CPU", "AUTO:GPU,CPU was asked for, and OpenVINO reports that the model runs on CPU, not on GPU")]
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
