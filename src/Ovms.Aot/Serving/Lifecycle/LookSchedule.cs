namespace Ovms.Serving.Lifecycle;

/// <summary>Starts looks on request and at the poll interval, one at a time.</summary>
/// <remarks>
/// Each look has its own thread, because disks may block it. Looks do not wait for loads. Used only by the loop of
/// <see cref="ModelManager"/>.
/// </remarks>
/// <param name="reader">Performs the looks.</param>
/// <param name="poll">Time between looks; zero = looks only on request.</param>
/// <param name="post">Receives the result of a look.</param>
internal sealed class LookSchedule(DesiredReader reader, TimeSpan poll, Action<Signal> post)
{
    private TimeSpan? _next;
    private bool _isUnderway;

    /// <summary>Begins a look if one is requested or due, and none is running.</summary>
    /// <returns>Whether a look was begun.</returns>
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

    /// <summary>Records the end of a look and schedules the next.</summary>
    public void End(TimeSpan now)
    {
        _isUnderway = false;
        _next = poll > TimeSpan.Zero ? now + poll : null;
    }

    /// <summary>
    /// When the next step that follows from files is due: a look, or the retry of a failed load. Without a poll, failed loads are retried
    /// only on request.
    /// </summary>
    /// <param name="retryAt">When the next retry is due.</param>
    /// <returns>Null = never. Null also while a look is running, since its end triggers the next step.</returns>
    public TimeSpan? NextStep(TimeSpan? retryAt) => _isUnderway || poll == TimeSpan.Zero ? null : retryAt < _next ? retryAt : _next;

    private Signal Look(bool isAsked)
    {
        try
        {
            return new Signal.Looked(reader.Look(isAsked));
        }
        catch (Exception surprise)
        {
            // Every look must end with a signal. Otherwise no further look would begin, without any notice.
            return new Signal.LookFailed(surprise);
        }
    }
}
