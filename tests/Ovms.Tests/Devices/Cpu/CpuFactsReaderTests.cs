using Ovms.Devices.Cpu;

namespace Ovms.Tests.Devices.Cpu;

/// <summary>Reading a fake machine; and what the budget makes of it.</summary>
public sealed class CpuFactsReaderTests
{
    [Test]
    public async Task BareMachine_HasItsAffinity()
    {
        using FakeMachine machine = new("0-7");
        CpuFacts facts = CpuFactsReader.Read(machine.Root);
        await Assert.That(facts.Affinity.ToString()).IsEqualTo("0-7");
        await Assert.That(facts.Cores).IsEqualTo(8);
        await Assert.That(facts.Quota).IsNull();
        await Assert.That(facts.Cpuset).IsNull();
        await Assert.That(facts.Warnings).IsEmpty();
        await Assert.That(CpuBudget.From(facts)).IsEqualTo(new CpuBudget(8, 8, 8, false, "an affinity of 0-7"));
    }

    [Test]
    public async Task CpusThatCouldBePluggedIn_DoNotCount()
    {
        using FakeMachine machine = new("0-127");
        machine.Write("sys/devices/system/cpu/online", "0-3\n");
        await Assert.That(CpuFactsReader.Read(machine.Root).Affinity.Count).IsEqualTo(4);
    }

    [Test]
    public async Task Siblings_AreOneCore()
    {
        using FakeMachine machine = new("0-3");
        for (int cpu = 0; cpu < 4; cpu++)
        {
            machine.Write($"sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list", cpu % 2 == 0 ? "0,2\n" : "1,3\n");
        }

        await Assert.That(CpuFactsReader.Read(machine.Root).Cores).IsEqualTo(2);
    }

    [Test]
    [Arguments("400000 100000", "250000 100000", "max 100000", 2, "a quota of 2.5 in /sys/fs/cgroup/pod/cpu.max")]
    [Arguments("400000 100000", "max 100000", "150000 100000", 1, "a quota of 1.5 in /sys/fs/cgroup/pod/box/cpu.max")]
    [Arguments("300000 100000", "max 100000", "max 100000", 3, "a quota of 3 in /sys/fs/cgroup/cpu.max")]
    [Arguments("max 100000", "max 100000", "10000 100000", 1, "a quota of 0.1 in /sys/fs/cgroup/pod/box/cpu.max")]
    [Arguments("max 100000", "max", "max 100000", 8, "an affinity of 0-7")]
    [Arguments("max 100000", "max", "1600000 100000", 8, "an affinity of 0-7")]
    public async Task V2_TightestQuotaOfEveryLevelCounts(string top, string middle, string leaf, int cpus, string source)
    {
        using FakeMachine machine = new("0-7");
        machine.WithV2("/pod/box").Write("sys/fs/cgroup/cpu.max", top).Write("sys/fs/cgroup/pod/cpu.max", middle).Write("sys/fs/cgroup/pod/box/cpu.max", leaf);
        CpuBudget budget = CpuBudget.From(CpuFactsReader.Read(machine.Root));
        await Assert.That(budget.Cpus).IsEqualTo(cpus);
        await Assert.That(budget.Source).IsEqualTo(source);
        await Assert.That(budget.HasQuota).IsEqualTo(cpus < 8);
    }

    [Test]
    [Arguments("-1", "-1", 4)]
    [Arguments("-1", "150000", 1)]
    [Arguments("250000", "-1", 2)]
    [Arguments("250000", "350000", 2)]
    public async Task V1_TightestQuotaOfEveryLevelCounts(string upper, string leaf, int cpus)
    {
        using FakeMachine machine = new("0-3");
        machine.WithV1("/pod/box");
        foreach ((string level, string quota) in new[] { ("pod", upper), ("pod/box", leaf) })
        {
            machine.Write($"sys/fs/cgroup/cpu,cpuacct/{level}/cpu.cfs_quota_us", quota + "\n").Write($"sys/fs/cgroup/cpu,cpuacct/{level}/cpu.cfs_period_us", "100000\n");
        }

        await Assert.That(CpuBudget.From(CpuFactsReader.Read(machine.Root)).Cpus).IsEqualTo(cpus);
    }

    [Test]
    public async Task V1_OtherPeriod_IsHeeded()
    {
        using FakeMachine machine = new("0-3");
        machine.WithV1("/a").Write("sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us", "100000").Write("sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us", "50000");
        await Assert.That(CpuBudget.From(CpuFactsReader.Read(machine.Root)).Cpus).IsEqualTo(2);
    }

    [Test]
    public async Task Cpusets_AreIntersectedWithTheAffinity()
    {
        using FakeMachine v2 = new("0-3");
        v2.WithV2("/a/b").Write("sys/fs/cgroup/a/cpuset.cpus.effective", "2-9").Write("sys/fs/cgroup/a/b/cpuset.cpus.effective", "");
        await Assert.That(CpuBudget.From(CpuFactsReader.Read(v2.Root)).Cpus).IsEqualTo(2);
        await Assert.That(CpuBudget.From(CpuFactsReader.Read(v2.Root)).Source).IsEqualTo("a cpuset of 2-3");

        using FakeMachine v1 = new("0-3");
        v1.WithV1("/a").Write("sys/fs/cgroup/cpuset/a/cpuset.cpus", "1-3").Write("sys/fs/cgroup/cpuset/cpuset.effective_cpus", "0-2");
        await Assert.That(CpuFactsReader.Read(v1.Root).Cpuset!.ToString()).IsEqualTo("1-2");
    }

    [Test]
    public async Task CpusetThatHasNothingInCommon_LeavesTheAffinity()
    {
        using FakeMachine machine = new("0-1");
        machine.WithV2("/").Write("sys/fs/cgroup/cpuset.cpus.effective", "4-5");
        await Assert.That(CpuBudget.From(CpuFactsReader.Read(machine.Root)).Cpus).IsEqualTo(2);
    }

    [Test]
    public async Task BrokenFiles_AreWarnedOfAndIgnored()
    {
        using FakeMachine machine = new("0-3");
        machine.WithV2("/a").Write("sys/fs/cgroup/cpu.max", "many 100000").Write("sys/fs/cgroup/a/cpu.max", "200000 100000").Write("sys/fs/cgroup/cpuset.cpus.effective", "0~3")
            .Write("sys/devices/system/cpu/online", "all");
        CpuFacts facts = CpuFactsReader.Read(machine.Root);
        await Assert.That(CpuBudget.From(facts).Cpus).IsEqualTo(2);
        await Assert.That(facts.Warnings.Length).IsEqualTo(3);
        await Assert.That(facts.Warnings.Any(static warning => warning.StartsWith("/sys/fs/cgroup/cpu.max says \"many 100000\"", StringComparison.Ordinal))).IsTrue();
        await Assert.That(facts.Warnings.Any(static warning => warning.Contains("0~3", StringComparison.Ordinal))).IsTrue();
    }

    [Test]
    [Arguments("")]
    [Arguments("x")]
    public async Task NoAffinity_IsWhatTheRuntimeTells(string affinity)
    {
        using FakeMachine machine = new(affinity);
        await Assert.That(CpuFactsReader.Read(machine.Root).Affinity.Count).IsEqualTo(Environment.ProcessorCount);
    }

    [Test]
    public async Task EmptyRoot_IsWhatTheRuntimeTells()
    {
        CpuFacts facts = CpuFactsReader.Read(Path.Combine(Path.GetTempPath(), $"ovms-none-{Guid.NewGuid():N}"));
        await Assert.That(facts.Affinity.Count).IsEqualTo(Environment.ProcessorCount);
        await Assert.That(facts.Warnings).IsEmpty();
    }

    [Test]
    public async Task ThisMachine_CanBeRead()
    {
        CpuFacts facts = CpuFactsReader.Read("/");
        await Assert.That(facts.Warnings).IsEmpty();
        await Assert.That(CpuBudget.From(facts).Cpus).IsBetween(1, facts.Affinity.Count);
    }
}
