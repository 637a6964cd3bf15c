using System.Diagnostics;

namespace Ovms.Observability.Metrics;

/// <summary>
/// Histogram of durations. Thread-safe: adding costs two atomic additions, no lock. A reader sees each bucket at a different moment. It
/// reports the sum of the buckets that it saw as the count, so that a scrape is consistent.
/// </summary>
internal sealed class TimeHistogram
{
    private static readonly double s_ticksPerMicrosecond = Stopwatch.Frequency / 1e6;

    // Bounds in ticks of the stopwatch, so that adding needs no division.
    private static readonly long[] s_tickBounds = [.. MakeBounds().Select(static bound => (long)(bound * s_ticksPerMicrosecond))];

    private readonly long[] _buckets = new long[s_tickBounds.Length + 1];
    private long _ticks;

    /// <summary>Upper bounds in microseconds, inclusive: the original's, 10 × 1.8^n.</summary>
    public static long[] Bounds { get; } = MakeBounds();

    /// <summary>Sum of all durations in microseconds.</summary>
    public double Sum => Volatile.Read(ref _ticks) / s_ticksPerMicrosecond;

    /// <summary>Adds a duration.</summary>
    /// <param name="ticks">In ticks of <see cref="Stopwatch"/>.</param>
    public void Add(long ticks)
    {
        ticks = Math.Max(0, ticks);
        int at = Array.BinarySearch(s_tickBounds, ticks);
        Interlocked.Increment(ref _buckets[at < 0 ? ~at : at]);
        Interlocked.Add(ref _ticks, ticks);
    }

    /// <summary>Durations in a bucket: one bucket for each of <see cref="Bounds"/>, then one for all longer durations.</summary>
    public long CountIn(int bucket) => Volatile.Read(ref _buckets[bucket]);

    /// <summary>Converts ticks to the unit of the families.</summary>
    public static double ToMicroseconds(long ticks) => ticks / s_ticksPerMicrosecond;

    private static long[] MakeBounds() => [.. Enumerable.Range(0, 33).Select(static i => (long)Math.Floor(10 * Math.Pow(1.8, i)))];
}
