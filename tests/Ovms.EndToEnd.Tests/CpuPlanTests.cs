using System.Text.RegularExpressions;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>How models are fitted to the CPUs there are: under an affinity, under quotas of a fake machine, and under those of a real control group.</summary>
public sealed partial class CpuPlanTests
{
    private static readonly float[] s_input = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

    [Test]
    public async Task NoLimit_LeavesItToOpenVino()
    {
        using FakeRoot machine = new(quota: "max 100000");
        string log = await ServeAsync("--cpu_facts_root", machine.Path);
        await Assert.That(Decision(log)).IsEqualTo("2 of 2 CPUs (an affinity of 0-1): nothing to set, OpenVINO uses these CPUs by itself");
        await Assert.That(Warnings(log)).IsEmpty();
    }

    [Test]
    [Arguments("CPU")]
    [Arguments("AUTO:CPU")]
    [Arguments("HETERO:CPU")]
    [Arguments("MULTI:CPU")]
    [Arguments("BATCH:CPU(4)")]
    public async Task Quota_ReachesTheCpuInEveryMode(string device)
    {
        using FakeRoot machine = new(quota: "150000 100000");
        string log = await ServeAsync("--cpu_facts_root", machine.Path, "--target_device", device);
        await Assert.That(Decision(log)).IsEqualTo("1 of 2 CPUs (a quota of 1.5 in /sys/fs/cgroup/pod/cpu.max): set INFERENCE_NUM_THREADS=1, ENABLE_CPU_PINNING=NO");
        await Assert.That(log).Contains("; streams: 1; threads: 1; hint: LATENCY;");
        await Assert.That(Warnings(log)).IsEmpty();
    }

    [Test]
    [Arguments("CPU")]
    [Arguments("AUTO:CPU")]
    [Arguments("MULTI:CPU")]
    public async Task Throughput_GetsStreamsWithinTheQuotaAndNoWarning(string device)
    {
        using FakeRoot machine = new(quota: "100000 100000");
        string log = await ServeAsync("--cpu_facts_root", machine.Path, "--target_device", device, "--plugin_config", """{"PERFORMANCE_HINT": "THROUGHPUT"}""");
        await Assert.That(Decision(log)).EndsWith("set INFERENCE_NUM_THREADS=1, NUM_STREAMS=1, ENABLE_CPU_PINNING=NO");
        await Assert.That(log).Contains("; streams: 1; threads: 1; hint: THROUGHPUT;");
        await Assert.That(Warnings(log)).IsEmpty();
    }

    [Test]
    [Arguments("CPU", """{"INFERENCE_NUM_THREADS": 2}""")]
    [Arguments("AUTO:CPU", """{"DEVICE_PROPERTIES": {"CPU": {"INFERENCE_NUM_THREADS": 2}}}""")]
    [Arguments("HETERO:CPU", """{"INFERENCE_NUM_THREADS": 2}""")]
    public async Task WhatWasGiven_Stays(string device, string config)
    {
        Skip.When(Environment.ProcessorCount < 2, "This machine lets the test have one CPU only.");
        using FakeRoot machine = new(quota: "100000 100000");
        string log = await ServeAsync("--cpu_facts_root", machine.Path, "--target_device", device, "--plugin_config", config);
        await Assert.That(Decision(log)).EndsWith("set ENABLE_CPU_PINNING=NO; as given: INFERENCE_NUM_THREADS=2");
        await Assert.That(log).Contains("; threads: 2;");
    }

    [Test]
    public async Task BrokenFile_IsWarnedOfAndIgnored()
    {
        using FakeRoot machine = new(quota: "plenty");
        string log = await ServeAsync("--cpu_facts_root", machine.Path);
        await Assert.That(Warnings(log).Single()).Contains("/sys/fs/cgroup/pod/cpu.max says \"plenty\"");
        await Assert.That(Decision(log)).StartsWith("2 of 2 CPUs");
    }

    [Test]
    public async Task Affinity_IsTheBudget()
    {
        Skip.Unless(File.Exists("/usr/bin/taskset"), "There is no taskset.");
        int port = FreePort.Next();
        await using OvmsProcess server = OvmsProcess.Start(["-c", FirstCpu(), Repo.Binary, .. Model("dummy"), "--port", $"{port}", "--grpc_bind_address", "127.0.0.1"], binary: "/usr/bin/taskset");
        await server.WaitForLineAsync(static line => line.Contains("Ready after", StringComparison.Ordinal));
        await Assert.That(Decision(server.Output)).StartsWith("1 of 1 CPUs (");
        await Assert.That(server.Output).Contains("; streams: 1; threads: 1;");
        await Assert.That(await server.StopAsync()).IsEqualTo(0);
    }

    [Test]
    public async Task SplitModels_GetTheirPartsAndTooManyStreamsOneWarning()
    {
        using FakeRoot machine = new(quota: "max 100000");
        string file = machine.WriteConfig("a", "b", "c");
        int port = FreePort.Next();
        await using OvmsProcess server = OvmsProcess.Start(
            ["--config_path", file, "--port", $"{port}", "--grpc_bind_address", "127.0.0.1", "--cpu_facts_root", machine.Path, "--cpu_partition", "split"]);
        await server.WaitForLineAsync(static line => line.Contains("Ready after", StringComparison.Ordinal));
        await Assert.That(await server.StopAsync()).IsEqualTo(0);
        foreach (string model in new[] { "a", "b", "c" })
        {
            await Assert.That(server.Output).Contains($"Model {model}; version: 1; may use 1 of 2 CPUs (an affinity of 0-1, one of 3 parts of 2): set INFERENCE_NUM_THREADS=1, ENABLE_CPU_PINNING=NO");
        }

        await Assert.That(Warnings(server.Output).Single()).Contains("3 streams on the CPU together, more than the 2 CPUs");
    }

    [Test]
    public async Task OtherPartition_IsAWrongUsage()
    {
        (int code, _, string errors) = await OvmsProcess.RunAsync([.. Model("dummy"), "--port", "1", "--cpu_partition", "halve"]);
        await Assert.That(code).IsEqualTo(64);
        await Assert.That(errors).Contains("cpu_partition").And.Contains("share").And.Contains("split");
    }

    [Test]
    public async Task RealQuota_IsKeptTo()
    {
        using RealCgroup group = RealCgroup.OrSkip(cpus: 1);
        Skip.When(Environment.ProcessorCount < 2, "A quota of one CPU binds nothing on one CPU.");
        int port = FreePort.Next();
        await using OvmsProcess server = OvmsProcess.Start(
            ["-c", $"echo $$ > {group.Processes} && exec \"$@\"", "sh", Repo.Binary, .. Model("dummy"), "--port", $"{port}", "--grpc_bind_address", "127.0.0.1"], binary: "/bin/sh");
        await server.WaitForLineAsync(static line => line.Contains("Ready after", StringComparison.Ordinal));
        await Assert.That(Decision(server.Output)).StartsWith("1 of ").And.Contains($"a quota of 1 in {group.Path}/").And.EndsWith("set INFERENCE_NUM_THREADS=1, ENABLE_CPU_PINNING=NO");
        await Assert.That(server.Output).Contains("; streams: 1; threads: 1;");
        using Grpc.Net.Client.GrpcChannel channel = Grpc.Net.Client.GrpcChannel.ForAddress($"http://127.0.0.1:{port}");
        long before = group.Throttled;
        for (int i = 0; i < 200; i++)
        {
            ModelInferResponse answer = await new GRPCInferenceService.GRPCInferenceServiceClient(channel).ModelInferAsync(Requests.For("dummy").WithRaw("b", "FP32", [1, 10], s_input));
            await Assert.That(answer.Values<float>("a")[0]).IsEqualTo(2f);
        }

        // No assertion: how often a busy machine throttles is not ours to promise.
        Console.WriteLine($"nr_throttled: {before} after the start, {group.Throttled} after 200 calls");
        await Assert.That(await server.StopAsync()).IsEqualTo(0);
    }

    private static string[] Model(string name) => ["--model_name", name, "--model_path", Repo.Model(name)];

    private static string FirstCpu() =>
        File.ReadLines("/proc/self/status").Single(static line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal)).Split(':')[1].Trim().Split(',', '-')[0];

    private static async Task<string> ServeAsync(params string[] more)
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", more);
        ModelInferResponse answer = await server.Client.ModelInferAsync(Requests.For("dummy").WithRaw("b", "FP32", [1, 10], s_input));
        await Assert.That(answer.Values<float>("a")).IsEquivalentTo(s_input.Select(static value => value + 1));
        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);
        return server.Process.Output;
    }

    private static string Decision(string log) => DecisionPattern().Match(log).Groups[1].Value;

    private static string[] Warnings(string log) => [.. log.Split('\n').Where(static line => line.Contains("][warning][", StringComparison.Ordinal))];

    [GeneratedRegex("Model dummy; version: 1; may use (.*)")]
    private static partial Regex DecisionPattern();
}
