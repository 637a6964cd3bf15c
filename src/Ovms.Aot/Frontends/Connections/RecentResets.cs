namespace Ovms.Frontends.Connections;

/// <summary>
/// Counts streams and how many of them were reset, within a window of time. A caller who cancels now and then, or much among many calls that
/// it wants, is let be: over the budget is only who also resets more than half of what it opens. Safe for several threads.
/// </summary>
internal sealed class RecentResets
{
    /// <summary>Resets count for so long, at most twice as long.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private long _began;
    private long _resets;
    private long _streams;

    /// <summary>Resets counted now.</summary>
    public long Count => Interlocked.Read(ref _resets);

    /// <summary>Streams began, or were reset.</summary>
    /// <param name="streams">How many began.</param>
    /// <param name="resets">How many were reset.</param>
    /// <param name="budget">How many may be; 0 for any number.</param>
    /// <param name="now">Milliseconds; looked at only where there are resets.</param>
    /// <returns>Whether the budget is overdrawn.</returns>
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
                // Streams are counted without a look at the clock: what came before the window does not weigh in it.
                _began = now;
                _resets = 0;
                Interlocked.Exchange(ref _streams, 0);
            }

            Interlocked.Add(ref _streams, streams);
            Interlocked.Add(ref _resets, resets);
            return IsOver(budget);
        }
    }

    /// <summary>Whether the budget is overdrawn at a time.</summary>
    public bool IsOver(long budget, long now)
    {
        lock (_lock)
        {
            return now - _began <= Window.TotalMilliseconds && IsOver(budget);
        }
    }

    private bool IsOver(long budget) => budget > 0 && _resets > budget && 2 * _resets > Interlocked.Read(ref _streams);
}
