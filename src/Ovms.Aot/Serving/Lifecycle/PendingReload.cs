using System.Collections.Immutable;
using Ovms.Serving.Table;

namespace Ovms.Serving.Lifecycle;

/// <summary>A requested reload. Changed only by the loop, except <see cref="Leave"/>.</summary>
internal sealed class PendingReload
{
    private readonly TaskCompletionSource<ReloadResult> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ReloadStatus _status = ReloadStatus.None;
    private volatile bool _isLeft;

    /// <summary>Completes when the reload has ended.</summary>
    public Task<ReloadResult> Ended => _ended.Task;

    /// <summary>Whether the requester has stopped waiting.</summary>
    public bool IsLeft => _isLeft;

    /// <summary>Whether anything changed since the request.</summary>
    public bool Changed { get; set; }

    /// <summary>The number of the look that carries it out; null until that look has ended.</summary>
    public long? Look { get; private set; }

    /// <summary>When its wait for what the look removes is over, even if that has not ended.</summary>
    public TimeSpan WaitsUntil { get; private set; }

    /// <summary>The servables that were being released when all else was done.</summary>
    public ImmutableArray<Servable> WaitsFor { get; private set; } = [];

    /// <summary>Records that its look has ended.</summary>
    public void EndLook(long look, TimeSpan waitsUntil)
    {
        if (Look is null)
        {
            (Look, WaitsUntil) = (look, waitsUntil);
        }
    }

    /// <summary>Marks the reload as done, except for the end of the servables being released.</summary>
    public void CarryOut(ReloadStatus status, IEnumerable<Servable> leaving) => (_status, WaitsFor) = (status, [.. leaving]);

    /// <summary>Marks that the requester no longer waits; called on its thread. The reload continues.</summary>
    public void Leave() => _isLeft = true;

    /// <summary>Completes the requester's wait with the result.</summary>
    public void End() => _ended.TrySetResult(new ReloadResult(Changed, _status));

    /// <summary>Cancels the requester's wait, because the reload will not end.</summary>
    public void GiveUp() => _ended.TrySetCanceled();
}
