using Ovms.Devices.Cpu;

namespace Ovms.Tests.Devices.Cpu;

public sealed class CpuAllotmentTests
{
    [Test]
    [Arguments(8, "a", "8")]
    [Arguments(8, "a b", "4 4")]
    [Arguments(8, "a b c", "3 3 2")]
    [Arguments(2, "a b c", "1 1 1")]
    [Arguments(1, "a b", "1 1")]
    [Arguments(7, "a b c d", "2 2 2 1")]
    public async Task Split_GivesEachItsPart(int cpus, string names, string expected)
    {
        CpuBudget budget = new(cpus, 8, 8, false, "");
        string[] models = names.Split(' ');
        await Assert.That(string.Join(' ', models.Select(model => CpuAllotment.Split(budget, models, model).Cpus))).IsEqualTo(expected);
        await Assert.That(string.Join(' ', models.Select(model => CpuAllotment.Split(budget, [.. models.Reverse()], model).Cpus))).IsEqualTo(expected);
    }

    [Test]
    public async Task ModelThatIsNotAmongThem_IsCountedIn()
    {
        CpuAllotment allotment = CpuAllotment.Split(new CpuBudget(4, 4, 4, false, ""), ["a"], "b");
        await Assert.That((allotment.Cpus, allotment.Among)).IsEqualTo((2, 2));
    }

    [Test]
    public async Task Planner_SplitsOnlyWhenAsked()
    {
        using FakeMachine machine = new("0-3");
        CpuPlanner share = new(machine.Root, isSplit: false);
        CpuPlanner split = new(machine.Root, isSplit: true);
        share.SetModels(["a", "b"]);
        split.SetModels(["a", "b"]);
        await Assert.That(share.Allot("a", []).Cpus).IsEqualTo(4);
        await Assert.That(split.Allot("a", []).Cpus).IsEqualTo(2);
        split.SetModels(["a"]);
        await Assert.That(split.Allot("a", []).Cpus).IsEqualTo(4);
    }

    [Test]
    public async Task Planner_TellsWhatItCannotReadOnceAndSeesChanges()
    {
        using FakeMachine machine = new("0-3");
        machine.WithV2("/").Write("sys/fs/cgroup/cpu.max", "x");
        CpuPlanner planner = new(machine.Root, isSplit: false);
        List<string> warnings = [];
        await Assert.That(planner.Allot("a", warnings).Cpus).IsEqualTo(4);
        planner.Allot("a", warnings);
        await Assert.That(warnings).HasSingleItem();

        machine.Write("sys/fs/cgroup/cpu.max", "200000 100000");
        await Assert.That(planner.Allot("a", warnings).Cpus).IsEqualTo(2);
        await Assert.That(warnings).HasSingleItem();
    }
}
