using Ovms.Serving.Lifecycle;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Tests.Serving.Lifecycle;

/// <summary>A reload ends when what it removes has ended, and waits no longer than it may.</summary>
public sealed class ReloadWaitTests
{
    private static readonly TimeSpan s_drain = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_poll = TimeSpan.FromSeconds(1);

    [Test]
    public async Task Answer_ShowsTheEndOfWhatTheReloadRemoves()
    {
        await using ManagedModels models = new(drain: s_drain);
        models.Put("m", 1);
        models.Configure(models.Model("m"));
        await models.ReloadAsync();
        models.Put("m", 2);
        ReloadResult result = await models.ReloadAsync();
        await Assert.That(models.RowsOf("m")).IsEqualTo("1 END, 2 AVAILABLE");
        await Assert.That(result.Changed).IsTrue();

        models.Configure();
        await models.ReloadAsync();
        await Assert.That(models.RowsOf("m")).IsEqualTo("1 END, 2 END");
    }

    [Test]
    public async Task CallInFlight_HoldsTheAnswerUntilItEnds()
    {
        await using ManagedModels models = new(TimeSpan.Zero, s_drain);
        ServableLease inFlight = await RemoveUnderACallAsync(models);
        Task<ReloadResult> reload = models.ReloadAsync();
        await models.ExpectAsync("m", "1 UNLOADING");
        await Assert.That(await models.Clock.WhenSetAsync()).IsEqualTo(s_drain).Because("the loop has nothing else to wait for");
        await Assert.That(reload.IsCompleted).IsFalse();
        inFlight.Dispose();
        await Assert.That((await reload).Changed).IsTrue();
        await Assert.That(models.RowsOf("m")).IsEqualTo("1 END");
    }

    [Test]
    public async Task CallThatDoesNotEnd_IsWaitedForAsLongAsTheDrainAllows_AndLaterReloadsDoNotPayForIt()
    {
        await using ManagedModels models = new(TimeSpan.Zero, s_drain);
        using ServableLease inFlight = await RemoveUnderACallAsync(models);
        Task<ReloadResult> reload = models.ReloadAsync();
        await models.ExpectAsync("m", "1 UNLOADING");
        await models.Clock.WhenSetAsync();
        models.Clock.Advance(s_drain - TimeSpan.FromSeconds(1));
        await Assert.That(reload.IsCompleted).IsFalse();
        models.Clock.Advance(TimeSpan.FromSeconds(1));
        await Assert.That((await reload).Status.IsClean).IsTrue();
        await Assert.That(models.RowsOf("m")).IsEqualTo("1 UNLOADING");

        await Assert.That((await models.ReloadAsync()).Changed).IsFalse();
        await Assert.That(models.RowsOf("m")).IsEqualTo("1 UNLOADING");
    }

    [Test]
    public async Task RemovedModelThatStillLoads_HoldsTheAnswerUntilItHasEnded()
    {
        await using ManagedModels models = new(TimeSpan.Zero, s_drain);
        Task<ReloadResult> reload = await RemoveUnderALoadAsync(models);
        await Assert.That(reload.IsCompleted).IsFalse().Because("what the reload removes is still loading");
        models.Release();
        await Assert.That((await reload).Changed).IsTrue();
        await Assert.That(models.RowsOf("m")).IsEqualTo("1 END");
    }

    [Test]
    public async Task LoadOfARemovedModelThatDoesNotEnd_IsWaitedForAsLongAsTheDrainAllows()
    {
        await using ManagedModels models = new(TimeSpan.Zero, TimeSpan.FromSeconds(8));
        Task<ReloadResult> reload = await RemoveUnderALoadAsync(models);
        models.Clock.Advance(TimeSpan.FromSeconds(8));
        await Assert.That((await reload).Status.IsClean).IsTrue();
        await Assert.That(models.RowsOf("m")).IsEqualTo("1 LOADING");
        models.Release();
    }

    [Test]
    public async Task WhileAnAnswerWaits_FilesAreFollowed()
    {
        await using ManagedModels models = new(s_poll, s_drain);
        models.Put("n", 1);
        ServableLease inFlight = await RemoveUnderACallAsync(models, "n");
        Task<ReloadResult> reload = models.ReloadAsync();
        await models.ExpectAsync("m", "1 UNLOADING");
        models.Put("n", 2);
        for (int look = 0; look < 2; look++)
        {
            // The timer is set for the end of the wait too: only a poll's time passes. A look was taken in when the next one is due.
            int reads = models.Reads;
            models.Clock.Advance(s_poll);
            await models.UntilAsync(() => models.Reads > reads && models.Clock.NextDue <= s_poll);
        }

        await models.ExpectAsync("n", "1 END, 2 AVAILABLE");
        await Assert.That(reload.IsCompleted).IsFalse();
        inFlight.Dispose();
        await reload;
    }

    [Test]
    public async Task CallerThatLeaves_EndsOnlyTheWait()
    {
        await using ManagedModels models = new(TimeSpan.Zero, s_drain);
        ServableLease inFlight = await RemoveUnderACallAsync(models);
        using CancellationTokenSource leaving = new();
        Task<Outcome<ReloadResult>> left = models.Reloads.ReloadAsync(leaving.Token);
        await models.ExpectAsync("m", "1 UNLOADING");
        await leaving.CancelAsync();
        await Assert.That(async () => await left).Throws<OperationCanceledException>();
        await Assert.That(models.RowsOf("m")).IsEqualTo("1 UNLOADING");
        inFlight.Dispose();
        await models.ExpectAsync("m", "1 END");
        await Assert.That((await models.ReloadAsync()).Changed).IsFalse();
    }

    [Test]
    public async Task Stop_EndsTheWait()
    {
        await using ManagedModels models = new(TimeSpan.Zero, s_drain);
        ServableLease inFlight = await RemoveUnderACallAsync(models);
        Task<Outcome<ReloadResult>> reload = models.Reloads.ReloadAsync(CancellationToken.None);
        await models.ExpectAsync("m", "1 UNLOADING");
        await Assert.That(await models.Manager.StopAsync(TimeSpan.FromMilliseconds(1))).IsEqualTo(StopResult.CallsLeft);
        inFlight.Dispose();
        await Assert.That((await reload).Code).IsEqualTo(StatusCode.ServerShuttingDown);
    }

    [Test]
    public async Task CallersWhoComeAndLeave_DoNotPileUp()
    {
        ReloadWaiters waiters = new(s_drain);
        for (int caller = 0; caller < 10_000; caller++)
        {
            PendingReload reload = new();
            waiters.Ask(reload);
            switch (caller % 3)
            {
                case 1:
                    waiters.BeginLook();
                    break;
                case 2:
                    waiters.BeginLook();
                    waiters.CarryOut(ReloadStatus.None, static _ => false);
                    break;
            }

            reload.Leave();
        }

        await Assert.That(waiters.Count).IsLessThanOrEqualTo(1);
    }

    // "m" loads for longer than a load usually takes, and is no longer configured.
    private static async Task<Task<ReloadResult>> RemoveUnderALoadAsync(ManagedModels models)
    {
        models.Put("m", 1, "held");
        models.Configure(models.Model("m"));
        _ = models.Reloads.ReloadAsync(CancellationToken.None);
        await models.UntilAsync(() => models.Loads.Count == 1);
        models.Clock.Advance(TimeSpan.FromSeconds(6));
        models.Configure();
        Task<ReloadResult> reload = models.ReloadAsync();
        await models.UntilAsync(() => models.Log.Count("Model m is no longer configured") == 1);
        return reload;
    }

    // "m" serves with a call in flight and is no longer configured; others stay.
    private static async Task<ServableLease> RemoveUnderACallAsync(ManagedModels models, params string[] others)
    {
        models.Put("m", 1);
        models.Configure([models.Model("m"), .. others.Select(name => models.Model(name))]);
        await models.ReloadAsync();
        ServableLease inFlight = models.ServableOf("m", 1)!.TryLease()!;
        models.Configure([.. others.Select(name => models.Model(name))]);
        return inFlight;
    }
}
