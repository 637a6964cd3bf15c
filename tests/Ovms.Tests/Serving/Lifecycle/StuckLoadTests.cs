using Ovms.Serving.Lifecycle;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Tests.Serving.Lifecycle;

/// <summary>Loads that do not end, and disks that do not answer: what they hold up is themselves.</summary>
public sealed class StuckLoadTests
{
    private static readonly TimeSpan s_soon = TimeSpan.FromMilliseconds(200);

    [Test]
    public async Task StuckLoads_HoldUpNoOtherModelAndNoFollowing()
    {
        await using ManagedModels models = new();
        string[] stuck = [.. Enumerable.Range(0, 12).Select(static i => $"a{i:00}")];
        foreach (string model in stuck)
        {
            models.Put(model, 1, "held");
        }

        models.Put("m", 1);
        models.Configure([.. stuck.Append("m").Select(model => models.Model(model))]);
        Task<ReloadResult> first = models.ReloadAsync();

        // A few are begun at a time; the clock lets the next ones come.
        await models.PassTimeUntilAsync(5, () => models.RowsOf("m") == "1 AVAILABLE");

        // Following goes on: another version, another configuration.
        models.Put("m", 2);
        await FollowUntilAsync(models, () => models.RowsOf("m") == "1 END, 2 AVAILABLE");
        models.Put("n", 1);
        models.Configure([.. stuck.Append("m").Append("n").Select(model => models.Model(model))]);
        await FollowUntilAsync(models, () => models.RowsOf("n") == "1 AVAILABLE");

        // A reload that is asked for now waits for none of them.
        Task<ReloadResult> second = models.ReloadAsync();
        await models.PassTimeUntilAsync(1, () => second.IsCompleted);
        await Assert.That((await second).Changed).IsFalse();
        await Assert.That(first.IsCompleted).IsFalse().Because("its own loads are not done");
        await Assert.That(models.Readiness.AllTried).IsFalse();
    }

    [Test]
    public async Task LoadBeyondItsTime_FailsWithAReasonAndWhatItBringsLaterIsLetGo()
    {
        await using ManagedModels models = new();
        models.Put("m", 1, "held");
        models.Configure(models.Model("m", loadTimeout: 7));
        Task<ReloadResult> reload = models.ReloadAsync();
        await models.ExpectAsync("m", "1 LOADING");
        await models.UntilAsync(() => models.Loads.Count == 1);
        await models.PassTimeUntilAsync(7, () => reload.IsCompleted);
        ReloadResult result = await reload;
        await Assert.That($"{result.Status.Faults.Single()}").Contains("was not loaded within 7 s (load_timeout_seconds)");
        await Assert.That(models.RowsOf("m")).IsEqualTo("1 LOADING UNKNOWN");
        await Assert.That(models.Reloads.Status.LoadsLeftBehind).IsEqualTo(1);
        await Assert.That(models.Log.Count("[Error] Model m; version: 1 cannot be served: Error while loading a model - ")).IsEqualTo(1);
        await Assert.That(models.Log.Count("its thread is left behind (1 now, at most 8)")).IsEqualTo(1);

        // It is not tried beside itself, however often somebody asks.
        for (int i = 0; i < 3; i++)
        {
            await Assert.That($"{(await models.ReloadAsync()).Status.Faults.Single()}").Contains("It is tried again when that load has ended");
        }

        await Assert.That(models.Loads.Count).IsEqualTo(1);
        await Assert.That(models.Log.Count("[Error]")).IsEqualTo(1).Because("the same reason is not told again");
        models.Release();
        await models.UntilAsync(() => models.Log.Count("still left behind: 0") == 1 && models.Reloads.Status.LoadsLeftBehind == 0);
        await Assert.That(models.ServableOf("m", 1)).IsNull().Because("its time was over");
        await models.ReloadAsync();
        await Assert.That(models.RowsOf("m")).IsEqualTo("1 AVAILABLE").Because("now it can be loaded anew");
    }

    [Test]
    public async Task ReloadBeyondItsTime_LeavesTheOldOneServing()
    {
        await using ManagedModels models = new();
        models.Put("m", 1);
        models.Configure(models.Model("m", loadTimeout: 7));
        await models.ReloadAsync();
        Servable? old = models.ServableOf("m", 1);
        models.Put("m", 1, "held", second: 3);
        Task<ReloadResult> reload = models.ReloadAsync();
        await models.UntilAsync(() => models.Loads.Count == 2);
        await models.PassTimeUntilAsync(7, () => reload.IsCompleted);
        await Assert.That($"{(await reload).Status.Faults.Single()}").StartsWith("Model m; version: 1 goes on with what is loaded");
        await Assert.That(models.ServableOf("m", 1)).IsSameReferenceAs(old);
    }

    [Test]
    public async Task ThreadsLeftBehind_AreEightAndThenLoadsAreRefusedWithASentence()
    {
        await using ManagedModels models = new();
        string[] stuck = [.. Enumerable.Range(0, LoadsUnderway.MostLeftBehind + 2).Select(static i => $"a{i}")];
        foreach (string model in stuck)
        {
            models.Put(model, 1, "held");
        }

        models.Configure([.. stuck.Select(model => models.Model(model, loadTimeout: 5))]);
        Task<ReloadResult> reload = models.ReloadAsync();
        await models.PassTimeUntilAsync(5, () => reload.IsCompleted);
        await models.UntilAsync(() => models.Loads.Count >= LoadsUnderway.MostLeftBehind);
        await Assert.That(models.Loads.Count).IsEqualTo(LoadsUnderway.MostLeftBehind);
        await Assert.That(models.Reloads.Status.LoadsLeftBehind).IsEqualTo(LoadsUnderway.MostLeftBehind);
        await Assert.That((await reload).Status.Faults.Count(static fault => fault.ToString().Contains("8 loads were left behind and have not ended", StringComparison.Ordinal))).IsEqualTo(2);
    }

    [Test]
    public async Task StuckLoadThatNobodyWantsAnyMore_MakesRoomForWhatIsWanted()
    {
        await using ManagedModels models = new();
        models.Put("m", 1, "held");
        models.Put("elsewhere", 1);
        models.Configure(models.Model("m"));
        Task<ReloadResult> first = models.ReloadAsync();
        await models.UntilAsync(() => models.Loads.Count == 1);
        models.Configure(models.Model("m", path: "elsewhere"));
        Task<ReloadResult> second = models.ReloadAsync();
        await models.UntilAsync(() => models.Reads == 2);
        await models.PassTimeUntilAsync(5, () => first.IsCompleted);
        await second;
        await Assert.That(models.Log.Count("is no longer wanted; its thread is left behind (1 now, at most 8)")).IsEqualTo(1);
        await Assert.That(models.RowsOf("m")).IsEqualTo("1 AVAILABLE");
    }

    [Test]
    public async Task StopBesideAStuckLoad_DoesNotWaitForIt()
    {
        await using ManagedModels models = new(loadGrace: s_soon);
        models.Put("m", 1, "held");
        models.Configure(models.Model("m"));
        Task<Outcome<ReloadResult>> reload = models.Reloads.ReloadAsync(CancellationToken.None);
        await models.UntilAsync(() => models.Loads.Count == 1);
        await Assert.That(await models.Manager.StopAsync(TimeSpan.FromMinutes(10))).IsEqualTo(StopResult.LoadsLeft);
        await Assert.That((await reload).Code).IsEqualTo(StatusCode.ServerShuttingDown);
        models.IsLeftAtWork = true;
    }

    [Test]
    public async Task DiskThatDoesNotAnswer_IsToldAndOtherModelsAreFollowed()
    {
        await using ManagedModels models = new(stepLimit: s_soon);
        models.Put("gone", 1);
        models.Put("m", 1);
        models.Configure(models.Model("gone"), models.Model("m"));
        await models.ReloadAsync();
        models.Hang("gone");
        models.Put("m", 2);
        await FollowUntilAsync(models, () => models.RowsOf("m") == "1 END, 2 AVAILABLE");
        await models.UntilAsync(() => models.Log.Count("[Error] Model gone goes on with what is loaded and is not refreshed") > 0);
        await Assert.That(models.Log.Count("its disk does not answer")).IsGreaterThan(0);
        await Assert.That(models.RowsOf("gone")).IsEqualTo("1 AVAILABLE");

        models.Put("gone", 2);
        models.Answer("gone");
        await FollowUntilAsync(models, () => models.RowsOf("gone") == "1 END, 2 AVAILABLE");
        await FollowUntilAsync(models, () => models.Reloads.Status.IsClean);
    }

    // What is followed is seen by polls; each is awaited before the next.
    private static async Task FollowUntilAsync(ManagedModels models, Func<bool> holds)
    {
        while (!holds())
        {
            await models.PollAsync();
        }
    }
}
