using Ovms.Serving.Lifecycle;
using Ovms.Status;

namespace Ovms.Tests.Serving.Lifecycle;

/// <summary>Requests go to the one who takes them; before there is one, when too many wait and after the end they are refused.</summary>
public sealed class ReloadsTests
{
    private const int Most = 256;

    [Test]
    public async Task BeforeAnybodyTakesThem_AreRefused()
    {
        Outcome<ReloadResult> refused = await new Reloads().ReloadAsync(CancellationToken.None);
        await Assert.That(refused.Code).IsEqualTo(StatusCode.ServerNotReady);
    }

    [Test]
    public async Task OneWhoAsks_IsToldHowItEnded()
    {
        Reloads reloads = new();
        await using IAsyncEnumerator<PendingReload> taken = reloads.TakeAsync().GetAsyncEnumerator();
        Task<Outcome<ReloadResult>> asked = reloads.ReloadAsync(CancellationToken.None);
        await Assert.That(await taken.MoveNextAsync()).IsTrue();
        taken.Current.Changed = true;
        taken.Current.CarryOut(ReloadStatus.None with { Loads = 7 }, []);
        await Assert.That(asked.IsCompleted).IsFalse();
        taken.Current.End();
        ReloadResult result = (await asked).Value!;
        await Assert.That(result.Changed).IsTrue();
        await Assert.That(result.Status.Loads).IsEqualTo(7);
        await Assert.That(taken.Current.IsLeft).IsTrue();
    }

    [Test]
    public async Task OneMoreThanMayWait_IsRefused_AndTheNextIsTakenWhenOneHasLeft()
    {
        Reloads reloads = new();
        await using IAsyncEnumerator<PendingReload> taken = reloads.TakeAsync().GetAsyncEnumerator();
        using CancellationTokenSource leaving = new();
        Task<Outcome<ReloadResult>> leaves = reloads.ReloadAsync(leaving.Token);
        for (int waiting = 1; waiting < Most; waiting++)
        {
            _ = reloads.ReloadAsync(CancellationToken.None);
        }

        await Assert.That((await reloads.ReloadAsync(CancellationToken.None)).Code).IsEqualTo(StatusCode.QueueFull);
        await leaving.CancelAsync();
        await Assert.That(async () => await leaves).Throws<OperationCanceledException>();
        await Assert.That(await taken.MoveNextAsync()).IsTrue();
        await Assert.That(taken.Current.IsLeft).IsTrue();

        Task<Outcome<ReloadResult>> next = reloads.ReloadAsync(CancellationToken.None);
        await Assert.That(next.IsCompleted).IsFalse();
        for (int waiting = 1; waiting < Most; waiting++)
        {
            await taken.MoveNextAsync();
        }

        await taken.MoveNextAsync();
        taken.Current.End();
        await Assert.That((await next).IsOk).IsTrue();
    }

    [Test]
    public async Task AtTheEnd_ThoseWhoWaitAndThoseWhoComeHearThatTheServerStops()
    {
        Reloads reloads = new();
        await using IAsyncEnumerator<PendingReload> taken = reloads.TakeAsync().GetAsyncEnumerator();
        Task<Outcome<ReloadResult>> waits = reloads.ReloadAsync(CancellationToken.None);
        reloads.Close();
        await Assert.That((await reloads.ReloadAsync(CancellationToken.None)).Code).IsEqualTo(StatusCode.ServerShuttingDown);
        await Assert.That(await taken.MoveNextAsync()).IsTrue().Because("who asked before is still taken");
        taken.Current.GiveUp();
        await Assert.That((await waits).Code).IsEqualTo(StatusCode.ServerShuttingDown);
        await Assert.That(await taken.MoveNextAsync()).IsFalse();
    }
}
