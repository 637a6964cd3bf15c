using Ovms.Serving.Lifecycle;
using Ovms.Serving.Loading;
using Ovms.Status;
using static Ovms.Tests.Serving.Lifecycle.Worlds;

namespace Ovms.Tests.Serving.Lifecycle;

public sealed class ReconcilePlanTests
{
    private static readonly TimeSpan s_now = TimeSpan.FromSeconds(100);

    [Test]
    [Arguments(null, "try 3")]
    [Arguments("""{"latest":{"num_versions":2}}""", "try 3")]
    [Arguments("""{"all":{}}""", "try 3")]
    [Arguments("""{"specific":{"versions":[1,2,9]}}""", "try 2")]
    [Arguments("""{"specific":{"versions":[9]}}""", "")]
    public async Task NothingServed_LoadsTheHighestWantedFirst(string? policy, string expected)
    {
        ReconcilePlan plan = Plan(Desired(Config(policy ?? ""), OnDisk(1), OnDisk(2), OnDisk(3)), Actual());
        await Assert.That(plan.Words()).IsEqualTo(expected);
    }

    [Test]
    public async Task WantedVersions_AreAwaitedUntilSomethingOfThemIsThere()
    {
        ModelConfig config = Config(All);
        ReconcilePlan plan = Plan(Desired(config, OnDisk(1), OnDisk(2), OnDisk(3, isSettled: false)), Actual(Serves(config, 1)));
        await Assert.That(plan.Awaited.Select(static id => id.Version)).IsEquivalentTo([3L, 2L]);
    }

    [Test]
    public async Task NewVersion_IsServedBeforeTheOldOneGoes()
    {
        ModelConfig config = Config();
        Desired desired = Desired(config, OnDisk(1), OnDisk(2));
        await Assert.That(Plan(desired, Actual(Serves(config, 1))).Words()).IsEqualTo("try 2");
        await Assert.That(Plan(desired, Actual(Serves(config, 1), Serves(config, 2))).Words()).IsEqualTo("unload 1");
        await Assert.That(Plan(desired, Actual(Serves(config, 2))).Words()).IsEqualTo("");
    }

    [Test]
    public async Task VersionThatFell_IsLoadedAgainWhenItIsDue()
    {
        ModelConfig config = Config();
        Desired desired = Desired(config, OnDisk(1));
        ActualVersion fallen = Serves(config, 1) with { ReturnAt = s_now + TimeSpan.FromSeconds(4) };
        await Assert.That(Plan(desired, Actual(fallen)).Words()).IsEqualTo("");
        await Assert.That(Plan(desired, Actual(fallen)).NextReturn).IsEqualTo(fallen.ReturnAt);
        await Assert.That(Plan(desired, Actual(fallen with { ReturnAt = s_now })).Words()).IsEqualTo("return 1");
    }

    [Test]
    public async Task VanishedVersion_GoesWhenTheNextOneServes()
    {
        ModelConfig config = Config();
        Desired desired = Desired(config, OnDisk(1));
        await Assert.That(Plan(desired, Actual(Serves(config, 2))).Words()).IsEqualTo("try 1");
        await Assert.That(Plan(desired, Actual(Serves(config, 1), Serves(config, 2))).Words()).IsEqualTo("unload 2");
    }

    [Test]
    public async Task LastVersionOnDiskVanished_IsUnloaded()
    {
        ModelConfig config = Config();
        await Assert.That(Plan(Desired(config), Actual(Serves(config, 2))).Words()).IsEqualTo("unload 2");
    }

    [Test]
    public async Task VersionsOnDiskUnknown_LeaveWhatServes()
    {
        ModelConfig config = Config();
        DesiredModel unseen = new(Model, config, null, Outcome.Fail(StatusCode.PathInvalid, "gone"));
        DesiredModel unread = new(Model, null, null, Outcome.Fail(StatusCode.LayoutWrongFormat, "?"));
        foreach (DesiredModel model in new[] { unseen, unread })
        {
            ReconcilePlan plan = Plan(new Desired([model], 2, IsVouched: true), Actual(Serves(config, 2), Failed(config, 3)));
            await Assert.That(plan.Words()).IsEqualTo("");
        }
    }

    [Test]
    public async Task ModelNotConfigured_IsUnloadedLowestFirst()
    {
        ModelConfig config = Config(All);
        Desired nothing = new([], 2, IsVouched: false);
        await Assert.That(Plan(nothing, Actual(Serves(config, 1), Failed(config, 2), Serves(config, 3))).Words()).IsEqualTo("unload 1");
        await Assert.That(Plan(nothing, Actual(Serves(config, 3))).Words()).IsEqualTo("unload 3");
        await Assert.That(Plan(nothing, Actual()).Words()).IsEqualTo("");
    }

    [Test]
    [Arguments("", "AUTO", "a", "reload 1")]
    [Arguments("", "CPU", "b", "reload 1")]
    [Arguments("""{"all":{}}""", "CPU", "a", "")]
    public async Task OtherSettingsOrFiles_ReloadAndAnotherPolicyDoesNot(string policy, string device, string stamp, string expected)
    {
        Desired desired = Desired(Config(policy, device), OnDisk(1, stamp)) with { IsVouched = true };
        await Assert.That(Plan(desired, Actual(Serves(Config(), 1))).Words()).IsEqualTo(expected);
    }

    [Test]
    public async Task MissingVersion_ComesBeforeOneThatIsServedFromOldFiles()
    {
        ModelConfig config = Config(All);
        await Assert.That(Plan(Desired(config, OnDisk(1), OnDisk(2, "b")), Actual(Serves(config, 2))).Words()).IsEqualTo("try 1");
    }

    [Test]
    public async Task FilesStillChanging_AreLeftAlone()
    {
        ModelConfig config = Config();
        Desired changing = Desired(config, OnDisk(1), OnDisk(2, "b", isSettled: false));
        await Assert.That(Plan(changing, Actual(Serves(config, 1))).Words()).IsEqualTo("");
        await Assert.That(Plan(changing, Actual(Serves(config, 1), Serves(config, 2))).Words()).IsEqualTo("unload 1").Because("the version serves, whatever happens to its files");

        // Under latest the older one stands in for one that is not there yet, also when it has to be loaded for that.
        await Assert.That(Plan(changing, Actual()).Words()).IsEqualTo("try 1");
        await Assert.That(Plan(changing with { IsVouched = true }, Actual(Serves(config, 1))).Words()).IsEqualTo("load 2");
    }

    [Test]
    public async Task FailedVersionUnderLatest_FallsBackToTheNextOlder()
    {
        ModelConfig config = Config();
        Desired desired = Desired(config, OnDisk(1), OnDisk(2), OnDisk(3));
        ActualVersion third = Failed(config, 3, at: 99.5);
        await Assert.That(Plan(desired, Actual(third)).Words()).IsEqualTo("try 2");
        await Assert.That(Plan(desired, Actual(third, Failed(config, 2, at: 99.5))).Words()).IsEqualTo("try 1");
        await Assert.That(Plan(desired, Actual(third, Serves(config, 2))).Words()).IsEqualTo("");
        await Assert.That(Plan(desired, Actual(third, Serves(config, 2), Serves(config, 1))).Words()).IsEqualTo("unload 1");

        // Repaired, it takes over again.
        Desired repaired = Desired(config, OnDisk(1), OnDisk(2), OnDisk(3, "b"));
        await Assert.That(Plan(repaired, Actual(third, Serves(config, 2))).Words()).IsEqualTo("try 3");
        await Assert.That(Plan(repaired, Actual(Serves(config, 3, "b"), Serves(config, 2))).Words()).IsEqualTo("unload 2");
    }

    [Test]
    public async Task FailedVersionUnderSpecific_LeavesTheLastOneThatServes()
    {
        ModelConfig old = Config(Specific(1, 2));
        ModelConfig config = Config(Specific(3));
        Desired desired = Desired(config, OnDisk(1), OnDisk(2), OnDisk(3));
        ActualVersion third = Failed(config, 3, at: 99.5);
        await Assert.That(Plan(desired, Actual(Serves(old, 1), Serves(old, 2), third)).Words()).IsEqualTo("unload 1");
        await Assert.That(Plan(desired, Actual(Serves(old, 2), third)).Words()).IsEqualTo("");
        await Assert.That(Plan(desired, Actual(Serves(old, 2), Serves(config, 3))).Words()).IsEqualTo("unload 2");
    }

    [Test]
    [Arguments(1, 0.9, "", 101)]
    [Arguments(1, 1.0, "load 1", null)]
    [Arguments(3, 3.9, "", 104)]
    [Arguments(3, 4.0, "load 1", null)]
    [Arguments(50, 59.9, "", 160)]
    [Arguments(50, 60.0, "load 1", null)]
    public async Task FailedVersion_IsTriedAgainAfterAPauseThatGrows(int attempts, double later, string expected, double? dueAt)
    {
        ModelConfig config = Config();
        ReconcilePlan plan = ReconcilePlan.Compute(Desired(config, OnDisk(1)), Actual(Failed(config, 1, attempts, at: 100)), s_now + TimeSpan.FromSeconds(later));
        await Assert.That(plan.Words()).IsEqualTo(expected);
        await Assert.That(plan.NextDue).IsEqualTo(dueAt is { } at ? TimeSpan.FromSeconds(at) : null);
    }

    [Test]
    public async Task FailedVersion_IsTriedAtOnceWhenSomethingChangesOrSomebodyAsks()
    {
        ModelConfig config = Config();
        Actual failed = Actual(Failed(config, 1, attempts: 9, at: 100, look: 2));
        await Assert.That(Plan(Desired(config, OnDisk(1, "b")), failed).Words()).IsEqualTo("try 1");
        await Assert.That(Plan(Desired(Config(device: "AUTO"), OnDisk(1)), failed).Words()).IsEqualTo("try 1");

        // Once for each time it is asked.
        Desired asked = Desired(config, OnDisk(1)) with { IsVouched = true };
        await Assert.That(Plan(asked with { Look = 3 }, failed).Words()).IsEqualTo("load 1");
        await Assert.That(Plan(asked with { Look = 2 }, failed).Words()).IsEqualTo("");
    }

    [Test]
    public async Task FailedReload_KeepsTheOldOneAndIsTriedAgain()
    {
        ModelConfig old = Config();
        ModelConfig config = Config(device: "AUTO");
        ActualVersion kept = Serves(old, 1) with { Failed = Failure(config, 1, at: 100) };
        await Assert.That(Plan(Desired(config, OnDisk(1)), Actual(kept)).Words()).IsEqualTo("");
        ReconcilePlan later = ReconcilePlan.Compute(Desired(config, OnDisk(1)), Actual(kept), s_now + TimeSpan.FromSeconds(1));
        await Assert.That(later.Words()).IsEqualTo("reload 1");

        // Set back to what serves there is nothing to do.
        await Assert.That(Plan(Desired(old, OnDisk(1)), Actual(kept)).Words()).IsEqualTo("");
    }

    [Test]
    public async Task BusyModel_IsLeftAloneAndOthersAreNot()
    {
        ModelConfig busy = Config(All, name: "busy");
        ModelConfig idle = Config(name: "idle");
        Actual actual = new([new ActualModel("busy", IsBusy: true, []), new ActualModel("gone", IsBusy: true, [Serves(Config(name: "gone"), 1)])]);
        ReconcilePlan plan = Plan(new Desired([Of(busy, OnDisk(1, model: "busy"), OnDisk(2, model: "busy")), Of(idle, OnDisk(7, model: "idle"))], 2, IsVouched: false), actual);
        await Assert.That(plan.Words()).IsEqualTo("try 7");
        await Assert.That(plan.Actions.Single().Id.Name).IsEqualTo("idle");
    }

    private static ReconcilePlan Plan(Desired desired, Actual actual) => ReconcilePlan.Compute(desired, actual, s_now);
}
