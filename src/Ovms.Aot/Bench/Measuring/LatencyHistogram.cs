using System.Numerics;

namespace Ovms.Bench.Measuring;

/// <summary>
/// Counts durations in buckets that are 1.6 % wide, from 1 µs up; its size does not depend on the number of calls. Not thread-safe.
/// </summary>
internal sealed class LatencyHistogram
{
    // 2^6 buckets for each power of two; the first 64 are one tick of 100 ns wide.
    private const int SubBits = 6;
    private readonly long[] _counts = new long[(64 - SubBits) << SubBits];

    /// <summary>Durations added.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a duration.</summary>
    public void Add(TimeSpan duration)
    {
        Count++;
        _counts[IndexOf(Math.Max(duration.Ticks, 0))]++;
    }

    /// <summary>Adds all durations of another histogram.</summary>
    public void Add(LatencyHistogram other)
    {
        Count += other.Count;
        for (int i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
        }
    }

    /// <summary>The duration that the given share of the calls did not exceed; zero if there are no calls.</summary>
    /// <param name="share">0 to 1.</param>
    public TimeSpan Quantile(double share)
    {
        long wanted = (long)Math.Ceiling(share * Count);
        long seen = 0;
        for (int i = 0; i < _counts.Length && Count > 0; i++)
        {
            seen += _counts[i];
            if (seen >= wanted && seen > 0)
            {
                return TimeSpan.FromTicks(UpperOf(i));
            }
        }

        return TimeSpan.Zero;
    }

    internal static int IndexOf(long ticks)
    {
        if (ticks < 1 << SubBits)
        {
            return (int)ticks;
        }

        int shift = BitOperations.Log2((ulong)ticks) - SubBits;
        return ((shift + 1) << SubBits) + (int)((ticks >> shift) - (1 << SubBits));
    }

    internal static long UpperOf(int index)
    {
        if (index < 1 << SubBits)
        {
            return index;
        }

        int shift = (index >> SubBits) - 1;
        long lower = ((1L << SubBits) + (index & ((1 << SubBits) - 1))) << shift;
        return lower + (1L << shift) - 1;
    }
}
