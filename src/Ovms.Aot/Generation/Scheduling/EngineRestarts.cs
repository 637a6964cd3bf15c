namespace Ovms.Generation.Scheduling;

/// <summary>Decides whether a model that could not compute is tried again: once a minute.</summary>
/// <param name="clock">The source of time.</param>
internal sealed class EngineRestarts(TimeProvider clock)
{
    private static readonly TimeSpan s_apart = TimeSpan.FromMinutes(1);

    private long? _last;

    /// <summary>Counts a restart.</summary>
    /// <returns>False if the last one was less than a minute ago: the model has failed.</returns>
    public bool TryBegin()
    {
        long now = clock.GetTimestamp();
        bool allowed = _last is not { } last || clock.GetElapsedTime(last, now) >= s_apart;
        _last = now;
        return allowed;
    }
}
