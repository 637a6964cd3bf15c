using System.Collections.Immutable;
using Ovms.Serving.Table;

namespace Ovms.Serving.Lifecycle;

/// <summary>A reload that somebody waits for. Changed by the loop only.</summary>
internal sealed class PendingReload
{
    private readonly TaskCompletionSource<ReloadResult> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ReloadStatus _status = ReloadStatus.None;
    private volatile bool _isLeft;

    /// <summary>How it ended.</summary>
    public Task<ReloadResult> Ended => _ended.Task;

    /// <summary>Whether nobody waits for it any more.</summary>
    public bool IsLeft => _isLeft;

    /// <summary>Whether anything changed since it was asked for.</summary>
    public bool Changed { get; set; }

    /// <summary>The look that it was carried out by; null until that has ended.</summary>
    public long? Look { get; set; }

    /// <summary>What was being let go when all else was done.</summary>
    public ImmutableArray<Servable> WaitsFor { get; private set; } = [];

    /// <summary>All is done but the end of what is being let go.</summary>
    public void CarryOut(ReloadStatus status, IEnumerable<Servable> leaving) => (_status, WaitsFor) = (status, [.. leaving]);

    /// <summary>Who asked waits no longer; called on the caller's thread. The reload goes on.</summary>
    public void Leave() => _isLeft = true;

    /// <summary>Tells who waits.</summary>
    public void End() => _ended.TrySetResult(new ReloadResult(Changed, _status));

    /// <summary>Tells who waits that there will be no end.</summary>
    public void GiveUp() => _ended.TrySetCanceled();
}
