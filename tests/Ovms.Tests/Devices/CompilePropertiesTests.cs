using Ovms.Devices;
using Ovms.Status;

namespace Ovms.Tests.Devices;

public sealed class CompilePropertiesTests
{
    [Test]
    [Arguments("CPU", "{}", "PERFORMANCE_HINT=LATENCY")]
    [Arguments("AUTO:CPU", "{}", "PERFORMANCE_HINT=LATENCY")]
    [Arguments("BATCH:CPU(4)", "{}", "PERFORMANCE_HINT=LATENCY")]
    [Arguments("CPU", """{"NUM_STREAMS": 2}""", "NUM_STREAMS=2")]
    [Arguments("CPU", """{"PERFORMANCE_HINT": "THROUGHPUT"}""", "PERFORMANCE_HINT=THROUGHPUT")]
    [Arguments("CPU", """{"PERF_COUNT": true}""", "PERF_COUNT=YES PERFORMANCE_HINT=LATENCY")]
    [Arguments("AUTO:CPU", """{"DEVICE_PROPERTIES": {"CPU": {"NUM_STREAMS": 2}}}""", "PERFORMANCE_HINT=LATENCY DEVICE_PROPERTIES={CPU:{NUM_STREAMS:2}}")]
    [Arguments("HETERO:GPU,CPU", """{"DEVICE_PROPERTIES": {"GPU": {"NUM_STREAMS": 1}, "CPU": {"NUM_STREAMS": 2, "PERF_COUNT": true}}}""", "PERFORMANCE_HINT=LATENCY DEVICE_PROPERTIES={GPU:{NUM_STREAMS:1},CPU:{NUM_STREAMS:2,PERF_COUNT:YES}}")]
    [Arguments("CPU", """{"DEVICE_PROPERTIES": {"CPU": {"NUM_STREAMS": 2}}}""", "NUM_STREAMS=2")]
    [Arguments("BATCH:CPU(4)", """{"NUM_STREAMS": 1, "DEVICE_PROPERTIES": {"CPU": {"NUM_STREAMS": 2}}}""", "NUM_STREAMS=2")]
    [Arguments("GPU.1", """{"DEVICE_PROPERTIES": {"GPU.1": {"NUM_STREAMS": 2}, "GPU": {"NUM_STREAMS": 1, "PERF_COUNT": true}}}""", "PERF_COUNT=YES NUM_STREAMS=2")]
    public async Task Properties_ReachOpenVinoInTheFormTheModeTakes(string device, string json, string expected)
    {
        Outcome<CompileProperties> made = Make(device, json);

        await Assert.That(string.Join(' ', made.Value!.Properties.Select(static pair => $"{pair.Key}={pair.Value}"))).IsEqualTo(expected);
        await Assert.That(made.Value.Warnings).IsEmpty();
    }

    [Test]
    [Arguments("CPU", """{"PERFORMANCE_HINT": "LATENCY", "NUM_STREAMS": 2}""")]
    [Arguments("AUTO:CPU", """{"PERFORMANCE_HINT": "LATENCY", "NUM_STREAMS": 2, "DEVICE_PROPERTIES": {"CPU": {"PERFORMANCE_HINT": "LATENCY", "NUM_STREAMS": 2}}}""")]
    [Arguments("AUTO:CPU", """{"DEVICE_PROPERTIES": {"CPU": {"PERFORMANCE_HINT": "LATENCY", "NUM_STREAMS": 2}}}""")]
    [Arguments("CPU", """{"PERFORMANCE_HINT": "LATENCY", "DEVICE_PROPERTIES": {"CPU": {"NUM_STREAMS": 2}}}""")]
    public async Task StreamsAndHint_GiveOneWarningNamingBoth(string device, string json)
    {
        string warning = Make(device, json).Value!.Warnings.Single();

        await Assert.That(warning).Contains("NUM_STREAMS=2 and PERFORMANCE_HINT=LATENCY are both given; the streams win");
    }

    [Test]
    public async Task StreamsOfADeviceBelowAHintOfTheMode_AreNoConflict()
    {
        await Assert.That(Make("AUTO:CPU", """{"PERFORMANCE_HINT": "LATENCY", "DEVICE_PROPERTIES": {"CPU": {"NUM_STREAMS": 2}}}""").Value!.Warnings).IsEmpty();
    }

    [Test]
    [Arguments("a,b")]
    [Arguments("a{b")]
    [Arguments("a}b")]
    [Arguments(" a")]
    public async Task ValueThatTheFormOfSectionsCannotCarry_IsRefused(string value)
    {
        string json = """{"DEVICE_PROPERTIES": {"CPU": {"CACHE_DIR": "VALUE"}}}""".Replace("VALUE", value, StringComparison.Ordinal);

        await Assert.That(Make("AUTO:CPU", json).Code).IsEqualTo(StatusCode.ModelConfigInvalid);
        await Assert.That(Make("AUTO:CPU", json).Detail!).Contains("DEVICE_PROPERTIES.CPU.CACHE_DIR");
        await Assert.That(Make("CPU", json).Value!.Properties[0].Value).IsEqualTo(value);
    }

    private static Outcome<CompileProperties> Make(string device, string json) =>
        CompileProperties.Make(TargetDevice.Parse(device).Value!, PluginConfig.Parse(json).Value!);
}
