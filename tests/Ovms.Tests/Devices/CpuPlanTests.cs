using Ovms.Devices;
using Ovms.Devices.Cpu;

namespace Ovms.Tests.Devices;

public sealed class CpuPlanTests
{
    private static readonly CpuBudget s_whole = new(8, 8, 4, HasQuota: false, "an affinity of 0-7");
    private static readonly CpuBudget s_quota = new(3, 8, 4, HasQuota: true, "a quota of 3.5 in /f");

    [Test]
    [Arguments("CPU")]
    [Arguments("AUTO")]
    [Arguments("AUTO:CPU")]
    [Arguments("AUTO:GPU,CPU")]
    [Arguments("AUTO:-GPU")]
    [Arguments("HETERO:GPU,CPU")]
    [Arguments("MULTI:CPU,GPU")]
    [Arguments("BATCH:CPU(4)")]
    public async Task EveryStringWithACpu_IsKeptToTheQuota(string device) =>
        await Assert.That(Set(device, "", CpuAllotment.Shared(s_quota))).IsEqualTo("INFERENCE_NUM_THREADS=3 ENABLE_CPU_PINNING=NO");

    [Test]
    [Arguments("GPU")]
    [Arguments("NPU")]
    [Arguments("AUTO:GPU,NPU")]
    [Arguments("AUTO:-CPU")]
    [Arguments("BATCH:GPU(4)")]
    [Arguments("HETERO:GPU_ON_CPU")]
    public async Task StringWithoutACpu_HasNoPlan(string device) =>
        await Assert.That(CpuPlan.Make(TargetDevice.Parse(device).Value!, PluginConfig.Empty, CpuAllotment.Shared(s_quota))).IsNull();

    [Test]
    [Arguments("")]
    [Arguments("""{"PERFORMANCE_HINT": "THROUGHPUT"}""")]
    [Arguments("""{"NUM_STREAMS": 4}""")]
    public async Task WholeMachine_NothingIsSet(string config) =>
        await Assert.That(Set("CPU", config, CpuAllotment.Shared(s_whole))).IsEqualTo("");

    [Test]
    [Arguments("""{"PERFORMANCE_HINT": "THROUGHPUT"}""", "INFERENCE_NUM_THREADS=3 NUM_STREAMS=3 ENABLE_CPU_PINNING=NO")]
    [Arguments("""{"PERFORMANCE_HINT": "CUMULATIVE_THROUGHPUT"}""", "INFERENCE_NUM_THREADS=3 NUM_STREAMS=3 ENABLE_CPU_PINNING=NO")]
    [Arguments("""{"PERFORMANCE_HINT": "LATENCY"}""", "INFERENCE_NUM_THREADS=3 ENABLE_CPU_PINNING=NO")]
    [Arguments("""{"PERFORMANCE_HINT": "THROUGHPUT", "NUM_STREAMS": 2}""", "INFERENCE_NUM_THREADS=3 ENABLE_CPU_PINNING=NO")]
    [Arguments("""{"PERFORMANCE_HINT": "THROUGHPUT", "INFERENCE_NUM_THREADS": 6}""", "ENABLE_CPU_PINNING=NO")]
    [Arguments("""{"PERFORMANCE_HINT": "THROUGHPUT", "PERFORMANCE_HINT_NUM_REQUESTS": 2}""", "INFERENCE_NUM_THREADS=3 ENABLE_CPU_PINNING=NO")]
    [Arguments("""{"NUM_STREAMS": 2}""", "INFERENCE_NUM_THREADS=3 ENABLE_CPU_PINNING=NO")]
    [Arguments("""{"INFERENCE_NUM_THREADS": 8, "ENABLE_CPU_PINNING": true}""", "")]
    [Arguments("""{"CPU_THREADS_NUM": 8}""", "ENABLE_CPU_PINNING=NO")]
    [Arguments("""{"DEVICE_PROPERTIES": {"CPU": {"INFERENCE_NUM_THREADS": 8}}}""", "ENABLE_CPU_PINNING=NO")]
    [Arguments("""{"DEVICE_PROPERTIES": {"CPU": {"PERFORMANCE_HINT": "THROUGHPUT"}}, "PERFORMANCE_HINT": "LATENCY"}""", "INFERENCE_NUM_THREADS=3 NUM_STREAMS=3 ENABLE_CPU_PINNING=NO")]
    [Arguments("""{"DEVICE_PROPERTIES": {"GPU": {"PERFORMANCE_HINT": "THROUGHPUT", "NUM_STREAMS": 2}}}""", "INFERENCE_NUM_THREADS=3 ENABLE_CPU_PINNING=NO")]
    public async Task WhatWasGiven_Stays(string config, string expected)
    {
        await Assert.That(Set("AUTO:GPU,CPU", config, CpuAllotment.Shared(s_quota))).IsEqualTo(expected);
        if (!config.Contains("DEVICE_PROPERTIES", StringComparison.Ordinal))
        {
            await Assert.That(Set("CPU", config, CpuAllotment.Shared(s_quota))).IsEqualTo(expected);
        }
    }

    [Test]
    [Arguments("", "ENABLE_CPU_PINNING=NO")]
    [Arguments("""{"ENABLE_HYPER_THREADING": true}""", "INFERENCE_NUM_THREADS=6 ENABLE_CPU_PINNING=NO")]
    [Arguments("""{"PERFORMANCE_HINT": "THROUGHPUT"}""", "INFERENCE_NUM_THREADS=6 NUM_STREAMS=4 ENABLE_CPU_PINNING=NO")]
    public async Task QuotaAboveTheCores_LeavesOneThreadACore(string config, string expected) =>
        await Assert.That(Set("CPU", config, CpuAllotment.Shared(s_quota with { Cpus = 6 }))).IsEqualTo(expected);

    [Test]
    public async Task PartOfASplit_GetsThreadsAndNoPinning()
    {
        CpuAllotment part = CpuAllotment.Split(s_whole, ["a", "b", "c"], "c");
        await Assert.That(Set("CPU", "", part)).IsEqualTo("INFERENCE_NUM_THREADS=2 ENABLE_CPU_PINNING=NO");
        await Assert.That(Set("CPU", "", CpuAllotment.Split(s_whole, ["a"], "a"))).IsEqualTo("");
    }

    [Test]
    [Arguments("", false, "8 of 8 CPUs (an affinity of 0-7): nothing to set, OpenVINO uses these CPUs by itself")]
    [Arguments("""{"NUM_STREAMS": 2}""", false, "8 of 8 CPUs (an affinity of 0-7): nothing to set, OpenVINO uses these CPUs by itself; as given: NUM_STREAMS=2")]
    [Arguments("", true, "3 of 8 CPUs (a quota of 3.5 in /f): set INFERENCE_NUM_THREADS=3, ENABLE_CPU_PINNING=NO")]
    [Arguments("""{"INFERENCE_NUM_THREADS": 8}""", true, "3 of 8 CPUs (a quota of 3.5 in /f): set ENABLE_CPU_PINNING=NO; as given: INFERENCE_NUM_THREADS=8")]
    [Arguments("""{"INFERENCE_NUM_THREADS": 8, "ENABLE_CPU_PINNING": "YES"}""", true, "3 of 8 CPUs (a quota of 3.5 in /f): nothing set; as given: INFERENCE_NUM_THREADS=8, ENABLE_CPU_PINNING=YES")]
    public async Task Decision_IsOneLine(string config, bool quota, string expected) =>
        await Assert.That(Plan("CPU", config, CpuAllotment.Shared(quota ? s_quota : s_whole)).Decision).IsEqualTo(expected);

    [Test]
    public async Task DecisionForAPart_SaysSo() =>
        await Assert.That(Plan("CPU", "", CpuAllotment.Split(s_whole, ["a", "b"], "a")).Decision)
            .IsEqualTo("4 of 8 CPUs (an affinity of 0-7, one of 2 parts of 8): set ENABLE_CPU_PINNING=NO");

    [Test]
    [Arguments("CPU", "", "PERFORMANCE_HINT=LATENCY INFERENCE_NUM_THREADS=3 ENABLE_CPU_PINNING=NO")]
    [Arguments("BATCH:CPU(4)", "", "PERFORMANCE_HINT=LATENCY INFERENCE_NUM_THREADS=3 ENABLE_CPU_PINNING=NO")]
    [Arguments("AUTO", "", "PERFORMANCE_HINT=LATENCY DEVICE_PROPERTIES={CPU:{INFERENCE_NUM_THREADS:3,ENABLE_CPU_PINNING:NO}}")]
    [Arguments("HETERO:GPU,CPU", """{"DEVICE_PROPERTIES": {"CPU": {"PERF_COUNT": "YES"}, "GPU": {"NUM_STREAMS": 1}}}""", "PERFORMANCE_HINT=LATENCY DEVICE_PROPERTIES={CPU:{PERF_COUNT:YES,INFERENCE_NUM_THREADS:3,ENABLE_CPU_PINNING:NO},GPU:{NUM_STREAMS:1}}")]
    [Arguments("CPU", """{"PERFORMANCE_HINT": "THROUGHPUT"}""", "PERFORMANCE_HINT=THROUGHPUT INFERENCE_NUM_THREADS=3 NUM_STREAMS=3 ENABLE_CPU_PINNING=NO")]
    [Arguments("MULTI:CPU", """{"PERFORMANCE_HINT": "THROUGHPUT"}""", "PERFORMANCE_HINT=THROUGHPUT DEVICE_PROPERTIES={CPU:{INFERENCE_NUM_THREADS:3,NUM_STREAMS:3,ENABLE_CPU_PINNING:NO}}")]
    public async Task Plan_ReachesOpenVinoInTheFormTheModeTakesWithoutAWarning(string device, string config, string expected)
    {
        CompileProperties made = CompileProperties.Make(TargetDevice.Parse(device).Value!, PluginConfig.Parse(config).Value!, Plan(device, config, CpuAllotment.Shared(s_quota))).Value!;
        await Assert.That(string.Join(' ', made.Properties.Select(static pair => $"{pair.Key}={pair.Value}"))).IsEqualTo(expected);
        await Assert.That(made.Warnings).IsEmpty();
    }

    private static string Set(string device, string config, CpuAllotment allotment) =>
        string.Join(' ', Plan(device, config, allotment).Properties);

    private static CpuPlan Plan(string device, string config, CpuAllotment allotment) =>
        CpuPlan.Make(TargetDevice.Parse(device).Value!, PluginConfig.Parse(config).Value!, allotment)!;
}
