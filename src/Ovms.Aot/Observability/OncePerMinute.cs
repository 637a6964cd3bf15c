using System.Diagnostics;

namespace Ovms.Observability;

/// <summary>Limits reports of the same event to one a minute. Thread-safe.</summary>
internal sealed class OncePerMinute
{
    private static readonly TimeSpan s_every = TimeSpan.FromMinutes(1);

    private long _toldAt;

    /// <summary>Whether this event is to be reported.</summary>
    public bool IsDue()
    {
        long told = Interlocked.Read(ref _toldAt);
        long now = Stopwatch.GetTimestamp();
        return (told == 0 || Stopwatch.GetElapsedTime(told, now) > s_every) && Interlocked.CompareExchange(ref _toldAt, now, told) == told;
    }
}
