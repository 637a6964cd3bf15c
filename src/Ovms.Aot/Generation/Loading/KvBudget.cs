using Ovms.Devices;

namespace Ovms.Generation.Loading;

/// <summary>How many bytes the KV cache of a model may take where the options do not say it.</summary>
internal static class KvBudget
{
    // What is left: weights are read again when pages are short, other models grow, and the system needs some.
    private const double Part = 0.6;

    // What a model gets of that where other caches have reserved all: a reload must not fail because its predecessor still lives.
    private const int LeastShare = 4;

    // Caches are reserved at once and filled by use, so what is free does not show them yet.
    private static long s_reserved;

    /// <summary>
    /// Bytes that a cache may take now: a part of what is free, less what other caches have reserved, and at least a quarter of that part.
    /// </summary>
    public static long Free(string proc = "/proc", string cgroup = "/sys/fs/cgroup")
    {
        long part = (long)(FreeMemory.Bytes(proc, cgroup) * Part);
        return Math.Max(part / LeastShare, part - Interlocked.Read(ref s_reserved));
    }

    /// <summary>Counts a cache until the result is disposed.</summary>
    public static IDisposable Reserve(long bytes)
    {
        Interlocked.Add(ref s_reserved, bytes);
        return new Reservation(bytes);
    }

    private sealed class Reservation(long bytes) : IDisposable
    {
        private int _isOver;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isOver, 1) == 0)
            {
                Interlocked.Add(ref s_reserved, -bytes);
            }
        }
    }
}
