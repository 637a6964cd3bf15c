using Ovms.Options;
using Ovms.Repository;
using Ovms.Serving;
using Ovms.Serving.Lifecycle;
using Ovms.Serving.Loading;

namespace Ovms.Tests.Serving.Lifecycle;

/// <summary>What a load that does not end may hold up, as numbers: threads that are left behind and loads that wait.</summary>
public sealed class LoadsUnderwayTests
{
    private static readonly TimeSpan s_now = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_later = s_now + TimeSpan.FromSeconds(5);

    [Test]
    public async Task FewLoadsBeginAtATime_AndThoseThatTakeLongDoNotCount()
    {
        LoadsUnderway loads = new();
        int begun = 0;
        for (; loads.HasPlace(Source("m"), s_now); begun++)
        {
            loads.Add(Load($"m{begun}"));
        }

        await Assert.That(begun).IsBetween(2, 8);
        await Assert.That(loads.HasPlace(Source("n"), s_later - TimeSpan.FromTicks(1))).IsFalse();
        await Assert.That(loads.HasPlace(Source("n"), s_later)).IsTrue();
        await Assert.That(loads.NextDue(s_now)).IsEqualTo(s_later).Because("nobody else would wake the loop");
    }

    [Test]
    public async Task LoadsWithoutATimeLimit_AreNeverTooMany()
    {
        LoadsUnderway loads = new();
        for (int i = 0; i < 100; i++)
        {
            loads.Add(Load($"m{i}"));
        }

        await Assert.That(loads.HasPlace(Source("n"), s_later)).IsTrue();
        await Assert.That(loads.Refusal(new ServableId("n", 1), Source("n")).IsOk).IsTrue();
    }

    [Test]
    public async Task ThreadsLeftBehind_AreBounded()
    {
        LoadsUnderway loads = new();
        List<RunningLoad> all = [];
        while (loads.HasPlace(Source("m", limit: 60), s_later))
        {
            RunningLoad load = Load($"m{all.Count}", limit: 60);
            all.Add(load);
            loads.Add(load);
        }

        await Assert.That(all.Count).IsEqualTo(LoadsUnderway.MostLeftBehind).Because("each of them may have to be left behind");
        await Assert.That(loads.Overdue(s_now + TimeSpan.FromSeconds(59))).IsEmpty();
        await Assert.That(loads.Overdue(s_now + TimeSpan.FromSeconds(60)).Count).IsEqualTo(all.Count);
        all.ForEach(loads.LeaveBehind);
        await Assert.That((loads.Running, loads.LeftBehind)).IsEqualTo((0, 8));
        await Assert.That(loads.Refusal(new ServableId("n", 1), Source("n", limit: 60)).Text).Contains("8 loads were left behind and have not ended");
        await Assert.That(loads.Refusal(new ServableId("n", 1), Source("n")).IsOk).IsTrue().Because("it will not be left behind");

        await Assert.That(loads.Remove(all[0])).IsFalse().Because("nobody wants what it brings");
        await Assert.That(loads.LeftBehind).IsEqualTo(7);
        await Assert.That(loads.Refusal(new ServableId("n", 1), Source("n", limit: 60)).IsOk).IsTrue();
        await Assert.That(loads.HasPlace(Source("n", limit: 60), s_later)).IsTrue();
    }

    [Test]
    public async Task VersionThatWasLeftBehind_IsNotTriedAgainBesideItself()
    {
        LoadsUnderway loads = new();
        RunningLoad load = Load("m", limit: 1);
        loads.Add(load);
        loads.LeaveBehind(load);
        await Assert.That(loads.Refusal(load.Id, load.Source).Text).Contains("/models/m/1 was not loaded within 1 s (load_timeout_seconds)");
        VersionSource elsewhere = load.Source with { Folder = new ModelVersionFolder(1, "/other/m/1") };
        await Assert.That(loads.Refusal(load.Id, elsewhere).IsOk).IsTrue();
        loads.Remove(load);
        await Assert.That(loads.Refusal(load.Id, load.Source).IsOk).IsTrue();
    }

    [Test]
    public async Task LoadThatNobodyWantsAnyMore_IsLeftBehindAfterAWhile()
    {
        LoadsUnderway loads = new();
        loads.Add(Load("m"));
        Desired wanted = Wants(Config("m"), 1);
        TimeSpan soon = s_now + TimeSpan.FromSeconds(29);
        TimeSpan later = s_now + TimeSpan.FromSeconds(30);
        await Assert.That(loads.Unwanted(wanted, later)).IsEmpty();
        await Assert.That(loads.Unwanted(Desired.Nothing, soon)).IsEmpty();
        await Assert.That(loads.Unwanted(Desired.Nothing, later).Count).IsEqualTo(1);
        await Assert.That(loads.Unwanted(Wants(Config("m"), 2), later).Count).IsEqualTo(1);
        await Assert.That(loads.Unwanted(Wants(Config("m", nireq: 3), 1), later).Count).IsEqualTo(1);
        await Assert.That(loads.Unwanted(wanted with { Models = [wanted.Models[0] with { Versions = null }] }, later)).IsEmpty().Because("what cannot be seen says nothing");
    }

    [Test]
    public async Task Reload_WaitsForItsLoadsAndNotForOlderOnesThatTakeLong()
    {
        LoadsUnderway loads = new();
        loads.Add(Load("m"));
        Desired wanted = Wants(Config("m"), 1);
        await Assert.That(loads.Hold(ReloadOf(look: 1), wanted, s_later)).IsTrue();
        await Assert.That(loads.Hold(ReloadOf(look: 2), wanted, s_now)).IsTrue();
        await Assert.That(loads.Hold(ReloadOf(look: 2), wanted, s_later)).IsFalse();
    }

    [Test]
    public async Task Reload_WaitsForTheLoadOfWhatItRemoves_ForALimitedTime()
    {
        LoadsUnderway loads = new();
        loads.Add(Load("m"));
        PendingReload reload = ReloadOf(look: 2, waitsUntil: s_later + TimeSpan.FromSeconds(1));
        await Assert.That(loads.Hold(reload, Desired.Nothing, s_later)).IsTrue();
        await Assert.That(loads.Hold(reload, Desired.Nothing, s_later + TimeSpan.FromSeconds(1))).IsFalse();
    }

    [Test]
    public async Task WaysBack_HoldUpNothingElse()
    {
        LoadsUnderway loads = new();
        Desired wanted = Wants(Config("m"), 1);
        RunningLoad back = new(new ServableId("m", 1), Load("m").Source, isTrial: false, look: 1, s_now) { IsReturn = true };
        await Assert.That(loads.HasPlace(back.Source, s_now, isReturn: true)).IsTrue();
        loads.Add(back);
        await Assert.That(loads.HasPlace(Source("n"), s_now, isReturn: true)).IsFalse().Because("one device at a time is tried");
        await Assert.That(loads.HasPlace(Source("n"), s_now)).IsTrue();
        await Assert.That(loads.AnyWanted).IsFalse();
        await Assert.That(loads.Hold(ReloadOf(look: 1), wanted, s_now)).IsFalse();

        // An edit moves the model to the CPU while its way back hangs.
        loads.LeaveBehind(back);
        await Assert.That(loads.Refusal(back.Id, back.Source).IsOk).IsTrue();
        await Assert.That(loads.Refusal(back.Id, back.Source, isReturn: true).IsOk).IsFalse();
        await Assert.That(loads.HasPlace(back.Source, s_now)).IsTrue();
    }

    [Test]
    public async Task TimeLimit_IsTheModelsOrElseTheServers()
    {
        ServerOptions server = new() { LoadTimeoutSeconds = 7 };
        ModelOptions model = new() { ModelName = "m", ModelPath = "/models/m" };
        await Assert.That(ModelConfig.From(model, new ServerOptions()).Value!.LoadTimeout).IsNull();
        await Assert.That(ModelConfig.From(model, server).Value!.LoadTimeout).IsEqualTo(TimeSpan.FromSeconds(7));
        ModelConfig own = ModelConfig.From(model with { LoadTimeoutSeconds = 9 }, server).Value!;
        await Assert.That(own.LoadTimeout).IsEqualTo(TimeSpan.FromSeconds(9));
        await Assert.That(ModelConfig.From(model with { LoadTimeoutSeconds = 0 }, server).Value!.LoadTimeout).IsNull();
        await Assert.That(own.CompilesLike(ModelConfig.From(model, server).Value!)).IsTrue().Because("the limit changes nothing about what was loaded");
    }

    private static RunningLoad Load(string name, uint? limit = null) => new(new ServableId(name, 1), Source(name, limit), isTrial: false, look: 1, s_now);

    private static VersionSource Source(string name, uint? limit = null) => new(Config(name, limit), new ModelVersionFolder(1, $"/models/{name}/1"), new FilesStamp("1"));

    private static ModelConfig Config(string name, uint? limit = null, uint nireq = 0) =>
        ModelConfig.From(new ModelOptions { ModelName = name, ModelPath = $"/models/{name}", LoadTimeoutSeconds = limit, Nireq = nireq }, new ServerOptions()).Value!;

    private static Desired Wants(ModelConfig config, long version) =>
        new([new DesiredModel(config.Name, config, [new VersionOnDisk(new ModelVersionFolder(version, $"/models/{config.Name}/{version}"), new FilesStamp("2"), true)], Ovms.Status.Outcome.Ok)], 2, false);

    private static PendingReload ReloadOf(long look, TimeSpan waitsUntil = default)
    {
        PendingReload reload = new();
        reload.EndLook(look, waitsUntil);
        return reload;
    }
}
