namespace Ovms.Serving.Lifecycle;

/// <summary>
/// When looks begin: when asked, and when the poll says so; one at a time, each on a thread of its own, since disks may keep it waiting.
/// Looks wait for no load. Used by the loop of <see cref="ModelManager"/> only.
/// </summary>
/// <param name="reader">Looks.</param>
/// <param name="poll">How long from one look to the next; zero for looks only when asked.</param>
/// <param name="post">Takes what a look found.</param>
internal sealed class LookSchedule(DesiredReader reader, TimeSpan poll, Action<Signal> post)
{
    private TimeSpan? _next;
    private bool _isUnderway;

    /// <summary>Begins a look if one is due.</summary>
    /// <returns>Whether it was begun.</returns>
    public bool TryBegin(bool isAsked, TimeSpan now)
    {
        if (_isUnderway || !(isAsked || _next <= now))
        {
            return false;
        }

        _isUnderway = true;
        _ = Task.Factory.StartNew(
            () => post(Look(isAsked)), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return true;
    }

    /// <summary>A look has ended.</summary>
    public void End(TimeSpan now)
    {
        _isUnderway = false;
        _next = poll > TimeSpan.Zero ? now + poll : null;
    }

    /// <summary>
    /// When the next step is due that follows from files: a look, or another attempt of what failed. Without a poll, what failed is tried
    /// again only when a look is asked for.
    /// </summary>
    /// <param name="retryAt">When an attempt is due.</param>
    /// <returns>Null for never; while a look is under way its end is awaited.</returns>
    public TimeSpan? NextStep(TimeSpan? retryAt) => _isUnderway || poll == TimeSpan.Zero ? null : retryAt < _next ? retryAt : _next;

    private Signal Look(bool isAsked)
    {
        try
        {
            return new Signal.Looked(reader.Look(isAsked));
        }
        catch (Exception surprise)
        {
            // A look that ended without a signal would be the last one, and nobody would know.
            return new Signal.LookFailed(surprise);
        }
    }
}
