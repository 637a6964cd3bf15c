using Ovms.Serving;
using Ovms.Serving.Lifecycle;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Tests.Serving.Lifecycle;

public sealed class ModelManagerTests
{
    [Test]
    public async Task States_ArePublishedInOrder_AvailableAfterItCanBeLeasedAndUnloadingBeforeItCannot()
    {
        await using ManagedModels models = new();
        List<string> seen = [];
        List<string> against = [];
        Dictionary<long, Servable> shown = [];

        // A table can be read before those are told who listen.
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        models.Registry.Changed += () =>
        {
            foreach (VersionEntry row in models.Registry.Current.Models.SelectMany(static model => model.Versions))
            {
                string state = $"{row.Version} {row.State}";
                if (!seen.Contains(state))
                {
                    seen.Add(state);
                    bool canLease = (row.Servable ?? shown.GetValueOrDefault(row.Version))?.TryLease() is { } lease && Give(lease);
                    bool expected = row.State is ServableState.Available or ServableState.Unloading;
                    if (canLease != expected)
                    {
                        against.Add($"{state}: {(canLease ? "can" : "cannot")} be leased");
                    }
                }

                if (row.Servable is { } servable)
                {
                    shown[row.Version] = servable;
                }
            }

            if (seen.Contains("1 End"))
            {
                ended.TrySetResult();
            }
        };
        models.Put("m", 1);
        models.Configure(models.Model("m"));
        await models.ReloadAsync();
        models.Put("m", 2);
        await models.ReloadAsync();
        await models.ExpectAsync("m", "1 END, 2 AVAILABLE");
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(60));

        await Assert.That(against).IsEmpty();
        await Assert.That(string.Join(", ", seen)).IsEqualTo("1 Start, 1 Loading, 1 Available, 2 Start, 2 Loading, 2 Available, 1 Unloading, 1 End");

        static bool Give(ServableLease lease)
        {
            lease.Dispose();
            return true;
        }
    }

    [Test]
    public async Task NewFolder_IsLoadedWhenItHasSettledAndServesBeforeTheOldOneGoes()
    {
        await using ManagedModels models = new();
        models.Put("m", 1);
        models.Configure(models.Model("m"));
        await models.ReloadAsync();

        models.Put("m", 2, "half", second: 1);
        await models.PollAsync();
        await Assert.That(models.RowsOf("m")).IsEqualTo("1 AVAILABLE, 2 START");
        models.Put("m", 2, "the other half", second: 2);
        await models.PollAsync();
        await Assert.That(models.RowsOf("m")).IsEqualTo("1 AVAILABLE, 2 START").Because("its files still change");
        await models.PollAsync();
        await models.ExpectAsync("m", "1 END, 2 AVAILABLE");
        await Assert.That(models.Loads).IsEquivalentTo(["m/1", "m/2"]);
    }

    [Test]
    public async Task HalfCopiedFolder_IsAnErrorOnlyWhenItStaysBad()
    {
        await using ManagedModels models = new();
        models.Put("m", 1);
        models.Configure(models.Model("m"));
        await models.ReloadAsync();

        models.Put("m", 2, "bad");
        await models.PollAsync();
        await models.PollAsync();
        await models.UntilAsync(() => models.Log.Count("is not complete yet") == 1);
        await Assert.That(models.RowsOf("m")).IsEqualTo("1 AVAILABLE, 2 LOADING");
        await Assert.That(models.Log.Count("[Error]")).IsEqualTo(0);
        await Assert.That(models.Reloads.Status.IsClean).IsTrue();

        // The first pause is as long as a poll.
        await models.PollAsync();
        await models.ExpectAsync("m", "1 AVAILABLE, 2 LOADING UNKNOWN");
        await models.UntilAsync(() => models.Log.Count("[Error]") == 1);
        await models.UntilAsync(() => models.Reloads.Status.Faults.Any(static fault => fault.ToString().Contains("The file is bad.", StringComparison.Ordinal)));

        // Repaired.
        models.Put("m", 2, "good", second: 5);
        await models.PollAsync();
        await models.PollAsync();
        await models.ExpectAsync("m", "1 END, 2 AVAILABLE");
        await models.UntilAsync(() => models.Reloads.Status.IsClean);
    }

    [Test]
    public async Task BrokenLatest_FallsBackAndIsTriedWithGrowingPausesThatAreToldOnce()
    {
        await using ManagedModels models = new();
        models.Put("m", 1);
        models.Put("m", 2, "bad");
        models.Configure(models.Model("m"));
        ReloadResult first = await models.ReloadAsync();
        await Assert.That(models.RowsOf("m")).IsEqualTo("1 AVAILABLE, 2 LOADING UNKNOWN");
        await Assert.That(first.Status.Faults.Length).IsEqualTo(1);

        for (int attempt = 2; attempt <= 4; attempt++)
        {
            int attempts = attempt;
            while (models.Loads.Count(static load => load == "m/2") < attempts)
            {
                models.Clock.Advance(await models.Clock.WhenSetAsync());
                await models.Clock.WhenSetAsync();
            }

            await models.UntilAsync(() => models.Reloads.Status.FailedLoads == attempts || models.Log.Count($"attempt {attempts}") == 1);
        }

        // A failure is dated after its load was begun, and the pause counts from there.
        TimeSpan[] times = [.. models.LoadTimes.Where(static load => load.Load == "m/2").Select(static load => load.At)];
        for (int attempt = 1; attempt < times.Length; attempt++)
        {
            await Assert.That(times[attempt] - times[attempt - 1]).IsGreaterThanOrEqualTo(TimeSpan.FromSeconds(1 << (attempt - 1)));
        }

        await Assert.That(models.Log.Count("[Error]")).IsEqualTo(1);
        await Assert.That(models.Log.Count("STATUS CHANGE: Version 2")).IsEqualTo(3).Because("start, loading, failed; " + models.Log);
    }

    [Test]
    public async Task ChangedFilesOfAServedVersion_AreServedWithoutAGap()
    {
        await using ManagedModels models = new();
        models.Put("m", 1);
        models.Configure(models.Model("m"));
        await models.ReloadAsync();
        Servable old = models.ServableOf("m", 1)!;
        ServableLease inFlight = old.TryLease()!;

        models.Put("m", 1, "other", second: 9);
        await models.PollAsync();
        await Assert.That(models.ServableOf("m", 1)).IsSameReferenceAs(old);
        await models.PollAsync();
        await models.UntilAsync(() => models.ServableOf("m", 1) != old);
        await Assert.That(models.RowsOf("m")).IsEqualTo("1 AVAILABLE");
        await Assert.That(old.Drained.IsCompleted).IsFalse();
        inFlight.Dispose();
        await old.Drained.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Test]
    public async Task SameFilesWithNewTimes_AreNoChange()
    {
        await using ManagedModels models = new();
        models.Put("m", 1);
        models.Configure(models.Model("m"));
        await models.ReloadAsync();
        await models.PollAsync();
        models.Put("m", 1, second: 77);
        await models.PollAsync();
        await models.PollAsync();
        await models.PollAsync();
        await Assert.That(models.Loads.Count).IsEqualTo(1);
    }

    [Test]
    public async Task ChangedSettings_RecompileOnlyTheirModel()
    {
        await using ManagedModels models = new();
        models.Put("a", 1);
        models.Put("b", 1);
        models.Configure(models.Model("a"), models.Model("b"));
        await models.ReloadAsync();
        (Servable? a, Servable? b) = (models.ServableOf("a", 1), models.ServableOf("b", 1));

        models.Configure(models.Model("a", device: "AUTO"), models.Model("b", policy: """{"all":{}}"""));
        ReloadResult result = await models.ReloadAsync();
        await Assert.That(result.Changed).IsTrue();
        await Assert.That(models.ServableOf("a", 1)).IsNotSameReferenceAs(a);
        await Assert.That(models.ServableOf("b", 1)).IsSameReferenceAs(b);
        await Assert.That(models.Loads.Count).IsEqualTo(3);
    }

    [Test]
    public async Task SettingsThatFail_LeaveTheOldOneServing()
    {
        await using ManagedModels models = new();
        models.Put("m", 1);
        models.Configure(models.Model("m"));
        await models.ReloadAsync();
        Servable? old = models.ServableOf("m", 1);

        models.Configure(models.Model("m", device: "NPU"));
        ReloadResult result = await models.ReloadAsync();
        await Assert.That(result.Status.Faults.Single().ToString()).Contains("The file is bad.");
        await Assert.That(models.ServableOf("m", 1)).IsSameReferenceAs(old);
        await Assert.That(models.Readiness.IsReady).IsTrue();

        models.Configure(models.Model("m", policy: "nonsense"));
        result = await models.ReloadAsync();
        await Assert.That(result.Status.Faults.Any(static fault => fault.Version is null)).IsTrue();
        await Assert.That(models.ServableOf("m", 1)).IsSameReferenceAs(old);
        await Assert.That(models.Registry.Current.Models.Single().Reason).IsNotNull();
    }

    [Test]
    public async Task UnreadableConfig_KeepsWhatServesAndIsToldOnce()
    {
        await using ManagedModels models = new();
        models.Put("m", 1);
        models.Configure(models.Model("m"));
        await models.ReloadAsync();

        models.Spoil("line 3: a comma is missing");
        for (int i = 0; i < 3; i++)
        {
            await models.PollAsync();
        }

        await Assert.That(models.RowsOf("m")).IsEqualTo("1 AVAILABLE");
        await Assert.That(models.Reloads.Status.Config.Text).Contains("a comma is missing");
        await Assert.That(models.Log.Count("a comma is missing")).IsEqualTo(1);
        await Assert.That((await models.ReloadAsync()).Status.Config.IsOk).IsFalse();

        models.Configure(models.Model("m"));
        ReloadResult repaired = await models.ReloadAsync();
        await Assert.That(repaired.Status.IsClean).IsTrue();
        await Assert.That(repaired.Changed).IsFalse().Because("the same text as before the fault");
        await Assert.That(models.Loads.Count).IsEqualTo(1);
    }

    [Test]
    public async Task RemovedModel_EndsWhenItsCallsEndAndComesBack()
    {
        await using ManagedModels models = new();
        models.Put("m", 1);
        models.Put("n", 1);
        models.Configure(models.Model("m"), models.Model("n"));
        await models.ReloadAsync();
        ServableLease inFlight = models.ServableOf("m", 1)!.TryLease()!;

        models.Configure(models.Model("n"));
        await models.ReloadAsync();
        await Assert.That(models.RowsOf("m")).IsEqualTo("1 UNLOADING");
        await Assert.That(models.Readiness.IsReady).IsTrue().Because("what is not configured counts for nothing");
        await Assert.That(models.Registry.Lease("m", "").Code).IsEqualTo(StatusCode.ModelVersionNotLoadedAnymore);
        inFlight.Dispose();
        await models.ExpectAsync("m", "1 END");
        await Assert.That(models.Registry.Find("x", "").Text).DoesNotContain("m, n");

        models.Configure(models.Model("m"), models.Model("n"));
        await models.ReloadAsync();
        await Assert.That(models.RowsOf("m")).IsEqualTo("1 AVAILABLE");
    }

    [Test]
    public async Task RetiredVersions_AreKeptUpToABound()
    {
        await using ManagedModels models = new();
        models.Configure(models.Model("m"));
        for (int version = 1; version <= 20; version++)
        {
            models.Put("m", version);
            await models.ReloadAsync();
        }

        await models.UntilAsync(() => models.RowsOf("m").EndsWith("19 END, 20 AVAILABLE", StringComparison.Ordinal));
        await models.UntilAsync(() => models.Registry.Current.Models.Single().Versions.Length == 17);
        await Assert.That(models.Registry.Current.Models.Single().Versions[0].Version).IsEqualTo(4);
    }

    [Test]
    public async Task EmptyFolderAndAbsentFolder_AreThereWithoutVersions()
    {
        await using ManagedModels models = new();
        models.Put("empty", 1);
        models.Remove("empty", 1);
        models.Configure(models.Model("empty"), models.Model("absent"));
        ReloadResult result = await models.ReloadAsync();
        await Assert.That(models.RowsOf("empty") + models.RowsOf("absent")).IsEqualTo("");
        await Assert.That(models.Registry.Current.Models.Length).IsEqualTo(2);
        await Assert.That($"{result.Status.Faults.Single()}").StartsWith("Model absent: ").Because("a model may have no version yet");
        await Assert.That(models.Log.Count("[Warning] Model empty has no versions to serve")).IsEqualTo(1);
        await Assert.That(models.Log.Count("[Error] Model absent cannot be served")).IsEqualTo(1);
        await Assert.That(models.Registry.Lease("absent", "").Code).IsEqualTo(StatusCode.ModelVersionNotLoadedYet);
    }

    [Test]
    public async Task MissingVersionsOfAPolicy_AreOneWarningEachTimeThatTheyGoMissing()
    {
        await using ManagedModels models = new();
        models.Put("m", 1);
        models.Configure(models.Model("m", """{"specific":{"versions":[7,1,8]}}"""));
        ReloadResult result = await models.ReloadAsync();
        await Assert.That(result.Status.IsClean).IsTrue().Because("a missing version is no failure");
        await Assert.That(models.Readiness.IsReady).IsTrue();
        await Assert.That(models.Log.Count("[Warning] Model m: the version policy names versions that do not exist: 7, 8. ")).IsEqualTo(1);

        models.Put("m", 7);
        await models.ReloadAsync();
        await models.ExpectAsync("m", "1 AVAILABLE, 7 AVAILABLE");
        await models.ReloadAsync();
        await Assert.That(models.Log.Count("the version policy names versions that do not exist")).IsEqualTo(1).Because("8 was told");

        models.Remove("m", 7);
        await models.ReloadAsync();
        await Assert.That(models.Log.Count("[Warning] Model m: the version policy names versions that do not exist: 7. ")).IsEqualTo(1);
    }

    [Test]
    public async Task FolderThatVanishes_LeavesWhatServesAndVersionsThatVanishGo()
    {
        await using ManagedModels models = new();
        models.Put("m", 1);
        models.Put("n", 1);
        models.Configure(models.Model("m"), models.Model("n"));
        await models.ReloadAsync();
        models.Remove("m");
        models.Remove("n", 1);
        await models.PollAsync();
        await Assert.That(models.RowsOf("n")).IsEqualTo("1 AVAILABLE").Because("somebody may just be exchanging the only version");
        await models.PollAsync();
        await models.ExpectAsync("n", "1 END");
        await Assert.That(models.RowsOf("m")).IsEqualTo("1 AVAILABLE");
        await Assert.That(models.Log.Count("[Error] Model m goes on with what is loaded and is not refreshed: ")).IsEqualTo(1);
        await Assert.That(models.Log.Count("Model m cannot be served")).IsEqualTo(0);
        await Assert.That($"{models.Reloads.Status.Faults.Single()}").StartsWith("Model m goes on with what is loaded and is not refreshed: ");
    }

    [Test]
    public async Task LoadUnderway_HoldsUpNoOtherModelAndNoCall()
    {
        await using ManagedModels models = new();
        models.Put("slow", 1, "held");
        models.Put("m", 1);
        models.Configure(models.Model("m"), models.Model("slow"));
        Task<ReloadResult> first = models.ReloadAsync();
        await models.ExpectAsync("m", "1 AVAILABLE");
        await models.ExpectAsync("slow", "1 LOADING");
        await Assert.That(models.Readiness.IsReady).IsFalse();
        await Assert.That(models.Registry.Lease("slow", "").Code).IsEqualTo(StatusCode.ModelVersionNotLoadedYet);

        // A later look takes in what came meanwhile.
        models.Put("m", 2);
        Task<ReloadResult> second = models.ReloadAsync();
        await models.ExpectAsync("m", "1 END, 2 AVAILABLE");
        await Assert.That(first.IsCompleted || second.IsCompleted).IsFalse();
        models.Release();
        await Assert.That((await first).Changed && (await second).Changed).IsTrue();
        await Assert.That(models.Readiness.IsReady).IsTrue();
    }

    [Test]
    public async Task ReloadWithoutAChange_SaysSo_AndThoseThatWaitTogetherShareALook()
    {
        await using ManagedModels models = new();
        models.Put("m", 1);
        models.Configure(models.Model("m"));
        await Assert.That((await models.ReloadAsync()).Changed).IsTrue();
        int reads = models.Reads;
        await Assert.That((await models.ReloadAsync()).Changed).IsFalse();
        await Assert.That(models.Reads).IsEqualTo(reads + 1);

        ReloadResult[] together = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => models.ReloadAsync()));
        await Assert.That(together.Any(static result => result.Changed)).IsFalse();
        await Assert.That(models.Reads).IsLessThan(reads + 101);
    }

    [Test]
    public async Task PollZero_LooksOnlyWhenAsked()
    {
        await using ManagedModels models = new(TimeSpan.Zero);
        models.Put("m", 1, "bad");
        models.Configure(models.Model("m"));
        await models.ReloadAsync();
        await models.UntilAsync(() => models.Clock.NextDue is null);
        models.Put("m", 1, "good", second: 3);
        await models.ReloadAsync();
        await Assert.That(models.RowsOf("m")).IsEqualTo("1 AVAILABLE");
        await models.UntilAsync(() => models.Clock.NextDue is null);
    }

    [Test]
    public async Task StopDuringALoad_WaitsForItAMoment()
    {
        await using ManagedModels models = new();
        models.Put("slow", 1, "held");
        models.Configure(models.Model("slow"));
        Task<Outcome<ReloadResult>> reload = models.Reloads.ReloadAsync(CancellationToken.None);
        await models.ExpectAsync("slow", "1 LOADING");
        Task<StopResult> stop = models.Manager.StopAsync(TimeSpan.FromSeconds(60));
        models.Release();
        await Assert.That(await stop).IsEqualTo(StopResult.Clean);
        await Assert.That((await reload).Code).IsEqualTo(StatusCode.ServerShuttingDown);
        await Assert.That((await models.Reloads.ReloadAsync(CancellationToken.None)).Code).IsEqualTo(StatusCode.ServerShuttingDown);
        await Assert.That(models.ServableOf("slow", 1)).IsNull();
    }

    [Test]
    public async Task StopDuringACallOnWhatWasReplaced_WaitsForIt()
    {
        await using ManagedModels models = new();
        models.Put("m", 1);
        models.Configure(models.Model("m"));
        await models.ReloadAsync();
        Servable old = models.ServableOf("m", 1)!;
        ServableLease inFlight = old.TryLease()!;
        models.Put("m", 1, "other", second: 9);
        await models.ReloadAsync();
        await Assert.That(models.ServableOf("m", 1)).IsNotSameReferenceAs(old);
        await Assert.That(await models.Manager.StopAsync(TimeSpan.FromMilliseconds(1))).IsEqualTo(StopResult.CallsLeft);
        inFlight.Dispose();
        await Assert.That(await models.Manager.StopAsync(TimeSpan.FromSeconds(60))).IsEqualTo(StopResult.Clean);
        await Assert.That(old.Drained.IsCompletedSuccessfully).IsTrue();
    }

    [Test]
    public async Task WrongEditThatIsTakenBack_LeavesNoFault()
    {
        await using ManagedModels models = new();
        models.Put("m", 1);
        models.Configure(models.Model("m"));
        await models.ReloadAsync();
        Servable first = models.ServableOf("m", 1)!;
        models.Put("m", 1, "bad", second: 3);
        await Assert.That((await models.ReloadAsync()).Status.Faults.Single().GoesOn).IsTrue();

        // What serves was loaded from these very files: there is nothing to load.
        models.Put("m", 1);
        await Assert.That((await models.ReloadAsync()).Status.IsClean).IsTrue();
        await Assert.That(models.ServableOf("m", 1)).IsSameReferenceAs(first);
        await Assert.That(models.Registry.Current.Models.Single().Versions.Single().Reason).IsNull();

        // A failure before says nothing about the next one.
        models.Put("m", 1, "bad", second: 3);
        await Assert.That((await models.ReloadAsync()).Status.Faults.Length).IsEqualTo(1);
    }
}
