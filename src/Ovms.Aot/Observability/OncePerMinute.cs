namespace Ovms.Observability;

/// <summary>Limits reports of the same event to one a minute. Thread-safe.</summary>
/// <param name="clock">The clock; null for the system's.</param>
internal sealed class OncePerMinute(TimeProvider? clock = null)
{
    private const long Never = long.MinValue;

    private static readonly TimeSpan s_every = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private long _toldAt = Never;

    /// <summary>Whether this event is to be reported.</summary>
    public bool IsDue()
    {
        long told = Interlocked.Read(ref _toldAt);
        long now = _clock.GetTimestamp();
        return (told == Never || _clock.GetElapsedTime(told, now) > s_every)
            && Interlocked.CompareExchange(ref _toldAt, now, told) == told;
    }
}
