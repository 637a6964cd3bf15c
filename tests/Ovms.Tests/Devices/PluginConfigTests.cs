using Ovms.Devices;
using Ovms.Status;

namespace Ovms.Tests.Devices;

public sealed class PluginConfigTests
{
    [Test]
    [Arguments("", "")]
    [Arguments("  ", "")]
    [Arguments("{}", "")]
    [Arguments("""{"NUM_STREAMS": 2}""", "NUM_STREAMS=2")]
    [Arguments("""{"NUM_STREAMS": "2"}""", "NUM_STREAMS=2")]
    [Arguments("""{"ENABLE_CPU_PINNING": true, "PERF_COUNT": false}""", "ENABLE_CPU_PINNING=YES, PERF_COUNT=NO")]
    [Arguments("""{"CPU_SPARSE_WEIGHTS_DECOMPRESSION_RATE": 0.5}""", "CPU_SPARSE_WEIGHTS_DECOMPRESSION_RATE=0.5")]
    [Arguments("""{"DEVICE_PROPERTIES": {"CPU": {"NUM_STREAMS": 2, "PERF_COUNT": true}, "GPU.1": {"NUM_STREAMS": 4}}}""", "CPU: NUM_STREAMS=2, PERF_COUNT=YES, GPU.1: NUM_STREAMS=4")]
    [Arguments("""{"DEVICE_PROPERTIES": "{\"CPU\": {\"NUM_STREAMS\": \"2\"}}"}""", "CPU: NUM_STREAMS=2")]
    [Arguments("""{"DEVICE_PROPERTIES": {"CPU": {}}, "PERF_COUNT": true}""", "PERF_COUNT=YES")]
    [Arguments("""{"DEVICE_PROPERTIES": {}}""", "")]
    public async Task GoodJson_IsRead(string json, string expected)
    {
        Outcome<PluginConfig> config = PluginConfig.Parse(json);

        await Assert.That(config.Text).IsEqualTo("OK");
        await Assert.That(config.Value!.ToString()).IsEqualTo(expected);
        await Assert.That(config.Value.Warnings).IsEmpty();
    }

    [Test]
    [Arguments("{", "is not JSON")]
    [Arguments("NUM_STREAMS=2", "is not JSON")]
    [Arguments("{\"A\":1,}", "is not JSON")]
    [Arguments("[1]", "the text is an array; expected is a JSON object such as")]
    [Arguments("\"CPU\"", "the text is a string")]
    [Arguments("5", "the text is a number")]
    [Arguments("null", "the text is null")]
    [Arguments("""{"NUM_STREAMS": null}""", "NUM_STREAMS is null; a property is a string, a number or a boolean")]
    [Arguments("""{"NUM_STREAMS": [1]}""", "NUM_STREAMS is an array")]
    [Arguments("""{"CPU": {"NUM_STREAMS": 1}}""", "CPU is an object; a property is a string, a number or a boolean, and only DEVICE_PROPERTIES holds objects")]
    [Arguments("""{"DEVICE_PROPERTIES": [1]}""", "DEVICE_PROPERTIES is an array")]
    [Arguments("""{"DEVICE_PROPERTIES": "{CPU:{NUM_STREAMS:2}}"}""", "DEVICE_PROPERTIES is a string that is not JSON")]
    [Arguments("""{"DEVICE_PROPERTIES": {"CPU": 5}}""", "DEVICE_PROPERTIES.CPU is a number; expected is an object of that device's properties")]
    [Arguments("""{"DEVICE_PROPERTIES": {"CPU": {"A": {"B": 1}}}}""", "DEVICE_PROPERTIES.CPU.A is an object")]
    [Arguments("""{"DEVICE_PROPERTIES": {"C P U": {"A": 1}}}""", "DEVICE_PROPERTIES names \"C P U\", which is not a device name")]
    [Arguments("""{"A": "x\u0000y"}""", "A holds a NUL character")]
    [Arguments("""{"A": "\ud800"}""", "is not JSON")]
    [Arguments("""{"DEVICE_PROPERTIES": {"CPU": {"DEVICE_PROPERTIES": {"CPU": {}}}}}""", "DEVICE_PROPERTIES.CPU.DEVICE_PROPERTIES is an object")]
    public async Task OtherText_IsRefusedNamingTheKey(string json, string expected)
    {
        Outcome<PluginConfig> config = PluginConfig.Parse(json);

        await Assert.That(config.Code).IsEqualTo(StatusCode.PluginConfigWrongFormat);
        await Assert.That(config.Detail!).Contains(expected);
    }

    [Test]
    [Arguments("""{"NUM_STREAMS": 1, "NUM_STREAMS": 2}""", "NUM_STREAMS is given twice")]
    [Arguments("""{"NUM_STREAMS": 1, "CPU_THROUGHPUT_STREAMS": 1}""", "NUM_STREAMS and CPU_THROUGHPUT_STREAMS both set NUM_STREAMS")]
    [Arguments("""{"CPU_THROUGHPUT_STREAMS": 1, "GPU_THROUGHPUT_STREAMS": 1}""", "both set NUM_STREAMS")]
    [Arguments("""{"CPU_THREADS_NUM": 1, "INFERENCE_NUM_THREADS": 1}""", "both set INFERENCE_NUM_THREADS")]
    [Arguments("""{"CPU_THROUGHPUT_STREAMS": "CPU_THROUGHPUT_AUTO", "PERFORMANCE_HINT": "LATENCY"}""", "both set PERFORMANCE_HINT")]
    [Arguments("""{"DEVICE_PROPERTIES": {"CPU": {"A": 1}, "CPU": {"B": 1}}}""", "DEVICE_PROPERTIES.CPU is given twice")]
    [Arguments("""{"DEVICE_PROPERTIES": {"CPU": {"A": 1, "A": 2}}}""", "DEVICE_PROPERTIES.CPU.A is given twice")]
    [Arguments("""{"DEVICE_PROPERTIES": {}, "DEVICE_PROPERTIES": {}}""", "DEVICE_PROPERTIES is given twice")]
    public async Task PropertyGivenTwice_IsAConflictNamingBoth(string json, string expected)
    {
        Outcome<PluginConfig> config = PluginConfig.Parse(json);

        await Assert.That(config.Code).IsEqualTo(StatusCode.PluginConfigConflictingParameters);
        await Assert.That(config.Detail!).Contains(expected);
    }

    [Test]
    [Arguments("""{"CPU_THROUGHPUT_STREAMS": 4}""", "NUM_STREAMS=4", "CPU_THROUGHPUT_STREAMS=4")]
    [Arguments("""{"GPU_THROUGHPUT_STREAMS": "2"}""", "NUM_STREAMS=2", "GPU_THROUGHPUT_STREAMS=2")]
    [Arguments("""{"CPU_THROUGHPUT_STREAMS": "CPU_THROUGHPUT_AUTO"}""", "PERFORMANCE_HINT=THROUGHPUT", "CPU_THROUGHPUT_STREAMS=CPU_THROUGHPUT_AUTO")]
    [Arguments("""{"GPU_THROUGHPUT_STREAMS": "GPU_THROUGHPUT_AUTO"}""", "PERFORMANCE_HINT=THROUGHPUT", "GPU_THROUGHPUT_STREAMS=GPU_THROUGHPUT_AUTO")]
    [Arguments("""{"GPU_THROUGHPUT_AUTO": true}""", "PERFORMANCE_HINT=THROUGHPUT", "GPU_THROUGHPUT_AUTO=YES")]
    [Arguments("""{"CPU_THREADS_NUM": 3}""", "INFERENCE_NUM_THREADS=3", "CPU_THREADS_NUM=3")]
    [Arguments("""{"DEVICE_PROPERTIES": {"CPU": {"CPU_THREADS_NUM": 3}}}""", "CPU: INFERENCE_NUM_THREADS=3", "DEVICE_PROPERTIES.CPU.CPU_THREADS_NUM=3")]
    public async Task OldName_IsTranslatedWithOneWarningNamingBoth(string json, string expected, string old)
    {
        PluginConfig config = PluginConfig.Parse(json).Value!;

        await Assert.That(config.ToString()).IsEqualTo(expected);
        await Assert.That(config.Warnings.Single()).StartsWith($"plugin_config: {old} is an old name");
        await Assert.That(config.Warnings.Single()).Contains(expected.Replace("CPU: ", "", StringComparison.Ordinal));
    }
}
