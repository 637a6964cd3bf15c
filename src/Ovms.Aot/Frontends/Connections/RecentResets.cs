namespace Ovms.Frontends.Connections;

/// <summary>
/// Counts streams and stream resets within a time window. Over budget is a caller with more resets than the budget that also resets more
/// than half of its streams. Thus occasional cancellations, or many among many wanted calls, do no harm. Thread-safe.
/// </summary>
internal sealed class RecentResets
{
    /// <summary>How long a reset counts; at most twice as long.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private long _began;
    private long _resets;
    private long _streams;

    /// <summary>Resets in the current window.</summary>
    public long Count => Interlocked.Read(ref _resets);

    /// <summary>Counts streams that began or were reset.</summary>
    /// <param name="streams">How many began.</param>
    /// <param name="resets">How many were reset.</param>
    /// <param name="budget">How many may be reset; 0 for no limit.</param>
    /// <param name="now">The time in milliseconds; used only where there are resets.</param>
    /// <returns>Whether the budget is exceeded.</returns>
    public bool Add(int streams, int resets, long budget, long now)
    {
        if (resets == 0)
        {
            Interlocked.Add(ref _streams, streams);
            return false;
        }

        lock (_lock)
        {
            if (now - _began > Window.TotalMilliseconds)
            {
                // Adding streams does not check the clock, so the count may hold streams from before the window: drop them.
                _began = now;
                _resets = 0;
                Interlocked.Exchange(ref _streams, 0);
            }

            Interlocked.Add(ref _streams, streams);
            Interlocked.Add(ref _resets, resets);
            return IsOver(budget);
        }
    }

    /// <summary>Whether the budget is exceeded at a time.</summary>
    public bool IsOver(long budget, long now)
    {
        lock (_lock)
        {
            return now - _began <= Window.TotalMilliseconds && IsOver(budget);
        }
    }

    private bool IsOver(long budget) => budget > 0 && _resets > budget && 2 * _resets > Interlocked.Read(ref _streams);
}
