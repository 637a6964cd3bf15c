using Ovms.Devices;

namespace Ovms.Tests.Devices;

public sealed class CompiledFactsTests
{
    [Test]
    [Arguments("9999", "2", "plugin_config: NUM_STREAMS=9999 was requested, and GPU has 2")]
    [Arguments("2", "2", null)]
    [Arguments("AUTO", "4", null)]
    [Arguments("-1", "4", null)]
    [Arguments(null, "4", null)]
    [Arguments("4", null, null)]
    public async Task OtherStreamsThanAskedFor_AreTold(string? asked, string? streams, string? expected) =>
        await Assert.That(CompiledFacts.StreamsDiffer(asked, streams, TargetDevice.Parse("GPU").Value!)).IsEqualTo(expected);

    [Test]
    [Arguments("", "f16")]
    [Arguments("INFERENCE_PRECISION_HINT=f32", "f32")]
    [Arguments("EXECUTION_MODE_HINT=ACCURACY", null)]
    [Arguments("DEVICE_PROPERTIES={GPU:{INFERENCE_PRECISION_HINT:f32}}", null)]
    public async Task PrecisionBehindABatch_IsTheGivenOneElseTheDevicesOwn(string given, string? expected)
    {
        string[] pair = given.Split('=', 2);

        await Assert.That(CompiledFacts.PrecisionOf("GPU.0", key => key == pair[0] ? pair[1] : null, static _ => "f16")).IsEqualTo(expected);
    }

    [Test]
    [Arguments("9999", "GPU", "plugin_config: NUM_STREAMS=9999 was requested, and GPU reports that 2 are useful at most")]
    [Arguments("3", "MULTI:CPU,GPU.1(4)", "and GPU.1 reports that 2 are useful at most")]
    [Arguments("2", "GPU", null)]
    [Arguments("9999", "CPU", null)]
    [Arguments("9999", "NPU", null)]
    [Arguments("AUTO", "GPU", null)]
    [Arguments(null, "GPU", null)]
    public async Task MoreStreamsThanAreUseful_AreTold(string? asked, string target, string? expected)
    {
        string? warning = StreamsExceed(asked, null, target).SingleOrDefault();

        await Assert.That(warning ?? "").Contains(expected ?? "");
        await Assert.That(warning is null).IsEqualTo(expected is null);
    }

    [Test]
    [Arguments("{GPU:{NUM_STREAMS:9},CPU:{NUM_STREAMS:9}}", "AUTO:GPU,CPU", "DEVICE_PROPERTIES.GPU.NUM_STREAMS=9 was requested, and GPU reports that 2")]
    [Arguments("{GPU.1:{PERF_COUNT:YES,NUM_STREAMS:3}}", "MULTI:GPU,CPU", "DEVICE_PROPERTIES.GPU.1.NUM_STREAMS=3 was requested, and GPU.1 reports that 2")]
    [Arguments("{GPU:{NUM_STREAMS:9}}", "HETERO:GPU,CPU", "DEVICE_PROPERTIES.GPU.NUM_STREAMS=9")]
    [Arguments("{GPU:{NUM_STREAMS:9}}", "AUTO", "DEVICE_PROPERTIES.GPU.NUM_STREAMS=9")]
    [Arguments("{GPU:{NUM_STREAMS:2}}", "AUTO:GPU,CPU", null)]
    [Arguments("{CPU:{NUM_STREAMS:9}}", "AUTO:GPU,CPU", null)]
    public async Task MoreStreamsOfOneDevice_AreTold(string sections, string target, string? expected)
    {
        string? warning = StreamsExceed(null, sections, target).SingleOrDefault();

        await Assert.That(warning ?? "").Contains(expected ?? "");
        await Assert.That(warning is null).IsEqualTo(expected is null);
    }

    [Test]
    public async Task SectionOfADevice_StandsBeforeTheNumberForAll()
    {
        await Assert.That(StreamsExceed("9", "{GPU:{NUM_STREAMS:2}}", "MULTI:GPU,CPU")).IsEmpty();
        await Assert.That(StreamsExceed("9", "{GPU.1:{NUM_STREAMS:2}}", "MULTI:GPU.0,GPU.1").Single()).Contains("and GPU.0 reports");
    }

    [Test]
    [Arguments("GPU", "THROUGHPUT", "GPU.0", "1000", "", "waits 1000 ms")]
    [Arguments("MULTI:CPU,GPU", "THROUGHPUT", "CPU GPU.0", "GPU.0 250", "", "waits 250 ms")]
    [Arguments("AUTO:GPU,CPU", "THROUGHPUT", "(CPU)", null, "", "waits 1000 ms")]
    [Arguments("AUTO", "THROUGHPUT", "(CPU)", null, "AUTO_BATCH_TIMEOUT=20", "waits 20 ms")]
    [Arguments("AUTO:GPU,CPU", "THROUGHPUT", "(CPU)", null, "ALLOW_AUTO_BATCHING=NO", null)]
    [Arguments("AUTO:GPU,CPU", "LATENCY", "(CPU)", null, "", null)]
    [Arguments("AUTO:GPU,CPU", "THROUGHPUT", "CPU", null, "", null)]
    [Arguments("AUTO:NPU,CPU", "THROUGHPUT", "(CPU)", null, "", null)]
    [Arguments("BATCH:GPU(4)", "THROUGHPUT", "GPU.0", "1000", "", null)]
    [Arguments("GPU", "THROUGHPUT", "GPU.0", null, "", null)]
    public async Task ImplicitBatch_IsToldWithItsRemedy(
        string target, string hint, string executing, string? timeout, string given, string? expected)
    {
        CompileProperties properties = new(
            [.. given.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(static one => KeyValuePair.Create(one.Split('=')[0], one.Split('=')[1]))],
            []);

        string? warning = ImplicitBatch.Warning(TargetDevice.Parse(target).Value!, properties, hint, executing, timeout);

        await Assert.That(warning ?? "").Contains(expected ?? "");
        await Assert.That(warning is null).IsEqualTo(expected is null);
        await Assert.That(warning is null || warning.Contains("LATENCY", StringComparison.Ordinal)).IsTrue();
    }

    private static IEnumerable<string> StreamsExceed(string? asked, string? sections, string target) => CompiledFacts.StreamsExceed(
        asked, sections, TargetDevice.Parse(target).Value!, static device => device.StartsWith("NPU", StringComparison.Ordinal) ? null : 2);
}
