using System.Diagnostics;

namespace Ovms.Observability.Metrics;

/// <summary>
/// Counts durations by size. Any thread may add: two atomic additions, no lock. A reader sees every bucket at some moment of its reading;
/// the count it reports is the sum of the buckets it saw, so that a scrape never contradicts itself.
/// </summary>
internal sealed class TimeHistogram
{
    private static readonly double s_ticksPerMicrosecond = Stopwatch.Frequency / 1e6;

    // The bounds in ticks of the stopwatch, so that adding takes no division.
    private static readonly long[] s_tickBounds = [.. MakeBounds().Select(static bound => (long)(bound * s_ticksPerMicrosecond))];

    private readonly long[] _buckets = new long[s_tickBounds.Length + 1];
    private long _ticks;

    /// <summary>Upper bounds in microseconds, each included in its bucket: the original's, ten times the powers of 1.8.</summary>
    public static long[] Bounds { get; } = MakeBounds();

    /// <summary>Sum of all durations in microseconds.</summary>
    public double Sum => Volatile.Read(ref _ticks) / s_ticksPerMicrosecond;

    /// <summary>Adds a duration.</summary>
    /// <param name="ticks">Of <see cref="Stopwatch"/>.</param>
    public void Add(long ticks)
    {
        ticks = Math.Max(0, ticks);
        int at = Array.BinarySearch(s_tickBounds, ticks);
        Interlocked.Increment(ref _buckets[at < 0 ? ~at : at]);
        Interlocked.Add(ref _ticks, ticks);
    }

    /// <summary>How many fell into each bucket: one for each of <see cref="Bounds"/>, then one for all longer ones.</summary>
    public long CountIn(int bucket) => Volatile.Read(ref _buckets[bucket]);

    /// <summary>Ticks as the families tell them.</summary>
    public static double ToMicroseconds(long ticks) => ticks / s_ticksPerMicrosecond;

    private static long[] MakeBounds() => [.. Enumerable.Range(0, 33).Select(static i => (long)Math.Floor(10 * Math.Pow(1.8, i)))];
}
