using Ovms.Options;
using Ovms.Serving;
using Ovms.Serving.Lifecycle;
using Ovms.Serving.Table;

namespace Ovms.Tests.Serving.Lifecycle;

public sealed class ReadinessTests
{
    [Test]
    [Arguments("All", false, false, true)]
    [Arguments("Any", false, true, true)]
    [Arguments("Tried", false, true, true)]
    public async Task Readiness_FollowsItsRule(string rule, bool atFirst, bool withOneBroken, bool withAll)
    {
        Served served = Served.Create(Enum.Parse<ReadyRule>(rule), metrics: null);
        (ServableRegistry registry, Readiness readiness) = (served.Registry, served.Readiness);
        ModelManager.Announce(registry, ["a", "b"]);
        await Assert.That(readiness.IsReady).IsEqualTo(atFirst);
        Servable servable = DummyServable.Make();
        ModelEntry good = new("a", [new VersionEntry(1, ServableState.Available, servable)]);
        readiness.SetAllTried();
        registry.Publish(new ServableTable([good, new ModelEntry("b", [new VersionEntry(1, ServableState.Loading, Reason: "bad")])]));
        await Assert.That(readiness.IsReady).IsEqualTo(withOneBroken);
        ModelEntry retired = new("c", [new VersionEntry(1, ServableState.End)]) { IsRetired = true };
        registry.Publish(new ServableTable([good, good with { Name = "b" }, retired]));
        await Assert.That(readiness.IsReady).IsEqualTo(withAll);
        served.Drain.StartDraining();
        await Assert.That(readiness.IsReady).IsFalse();
        servable.Retire();
    }

    [Test]
    public async Task EveryChangeThatDecides_IsToldOnce_WhenItCanBeSeen()
    {
        Served served = Served.Create(ReadyRule.All, metrics: null);
        Readiness readiness = served.Readiness;
        List<bool> told = [];
        readiness.Changed += () => told.Add(readiness.IsReady);
        served.Registry.Publish(new ServableTable([]));
        readiness.SetAwaitsFirstAttempts(true);
        readiness.SetAwaitsFirstAttempts(true);
        readiness.SetAwaitsFirstAttempts(false);
        readiness.SetAllTried();
        served.Drain.StartDraining();
        await Assert.That(string.Join(' ', told)).IsEqualTo("True False True True False");
    }

    // Those who wait for the drain have stopped by then: whoever is told finds nothing that still goes on as before.
    [Test]
    public async Task Drain_IsToldAfterAllElseThatEndsWithIt()
    {
        Served served = Served.Create(ReadyRule.All, metrics: null);
        List<string> order = [];
        served.Readiness.Changed += () => order.Add("readiness");
        await using CancellationTokenRegistration waiting = served.Drain.Draining.Register(() => order.Add("a wait"));
        served.Drain.StartDraining();
        await Assert.That(string.Join(", ", order)).IsEqualTo("a wait, readiness");
    }
}
