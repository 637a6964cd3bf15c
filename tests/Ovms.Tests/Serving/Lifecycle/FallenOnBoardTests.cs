using Ovms.Devices;
using Ovms.Serving;
using Ovms.Serving.Draining;
using Ovms.Serving.Health;
using Ovms.Serving.Lifecycle;
using Ovms.Serving.Requests;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Tests.Serving.Lifecycle;

/// <summary>What the board knows of a version that runs on a worse device than it could.</summary>
internal sealed class FallenOnBoardTests
{
    private static readonly ServableId s_id = new("dummy", 1);
    private static readonly TimeSpan s_now = TimeSpan.FromHours(1);

    private readonly ManagedModels.Lines _log = new();
    private readonly ServableRegistry _registry = new(new Drain());

    [Test]
    public async Task Fall_SetsWhenTheWayBackIsTried_AndEachFailureLater()
    {
        ServingBoard board = new(_registry, _log);
        Servable servable = Serve(board, "CPU");
        await Assert.That(ReturnAt(board)).IsNull();

        board.Fell(s_id, servable, s_now);
        await Assert.That(ReturnAt(board)).IsEqualTo(s_now + TimeSpan.FromSeconds(1));

        // It is told again before the attempt is due: that moves nothing.
        board.Fell(s_id, servable, s_now + TimeSpan.FromMilliseconds(500));
        await Assert.That(ReturnAt(board)).IsEqualTo(s_now + TimeSpan.FromSeconds(1));

        board.Begin(s_id);
        await Assert.That(board.ToActual().Models.Single().IsBusy).IsTrue();
        TimeSpan later = s_now + TimeSpan.FromSeconds(2);
        board.StayFallen(s_id, Outcome.Fail(StatusCode.DeviceFailed, "it still fails"), later, TimeSpan.Zero);
        await Assert.That(board.ToActual().Models.Single().IsBusy).IsFalse();
        await Assert.That(ReturnAt(board)).IsEqualTo(later + TimeSpan.FromSeconds(2));
        await Assert.That(_log.Count("does not run on a better device yet, attempt 1: The device of the model failed - it still fails. Tried again in 2 s"))
            .IsEqualTo(1);
        await Assert.That(_registry.Current.Models.Single().Default!.Servable).IsSameReferenceAs(servable);
    }

    [Test]
    public async Task FallOfAServableThatWasReplaced_IsOfNoInterest()
    {
        ServingBoard board = new(_registry, _log);
        Servable old = Serve(board, "CPU");
        Serve(board, "CPU");
        board.Fell(s_id, old, s_now);
        await Assert.That(ReturnAt(board)).IsNull();
    }

    private static TimeSpan? ReturnAt(ServingBoard board) => board.ToActual().Models.Single().Versions.Single().ReturnAt;

    // Runs on these devices, and should on the GPU. It is never freed, and nothing is asked of the engine.
    private Servable Serve(ServingBoard board, string executing)
    {
        using LoadedModel dummy = DummyServable.Load(requests: 1, waiters: 0);
        TargetDevice asked = TargetDevice.Parse("AUTO:GPU,CPU").Value!;
        LoadedModel fallen = new(dummy.Signature, new InferRequestPool([], 0), null!)
        {
            Devices = new ExecutingDevices(static _ => null, asked, executing, streams: null),
        };
        board.Begin(s_id);
        board.Complete(s_id, Worlds.Source(Worlds.Config(name: "dummy"), 1), fallen);
        return _registry.Current.Models.Single().Default!.Servable!;
    }
}
