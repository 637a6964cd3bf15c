namespace Ovms.Serving.Lifecycle;

/// <summary>A reload that somebody waits for. Changed by the loop only.</summary>
internal sealed class PendingReload
{
    private readonly TaskCompletionSource<ReloadResult> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How it ended.</summary>
    public Task<ReloadResult> Ended => _ended.Task;

    /// <summary>Whether anything changed since it was asked for.</summary>
    public bool Changed { get; set; }

    /// <summary>Tells who waits.</summary>
    public void End(ReloadStatus status) => _ended.TrySetResult(new ReloadResult(Changed, status));

    /// <summary>Tells who waits that there will be no end.</summary>
    public void GiveUp() => _ended.TrySetCanceled();
}
