using Ovms.Devices;
using Ovms.Serving;

namespace Ovms.Generation.Loading;

/// <summary>How many bytes the KV cache of a model may take where the options do not say it.</summary>
internal static class KvBudget
{
    // What is left: weights are read again when pages are short, other models grow, and the system needs some.
    private const double Part = 0.6;

    // What a model gets of that where other caches have reserved all: a load must not fail because others may need what they have.
    private const int LeastShare = 4;

    // What a cache gets of the free memory at most while the one lives that it replaces.
    private const double MostBeside = 0.9;

    // Caches are reserved at once and filled by use, so what is free does not show them yet.
    private static readonly List<Reservation> s_caches = [];

    /// <summary>
    /// Bytes that a cache may take now: a part of what is free, less what other caches have reserved, and at least a quarter of that part.
    /// </summary>
    /// <param name="leaves">
    /// Whether a model goes when this one is there, as its predecessor does in a reload: nothing is left for its cache, and what it has
    /// filled of it counts as free. It takes no new requests when this one serves, so both are not filled at a time.
    /// </param>
    /// <param name="proc">The folder with what the system says of its memory.</param>
    /// <param name="cgroup">The folder with what it says of the container's.</param>
    public static long Free(Predicate<ServableId> leaves, string proc = "/proc", string cgroup = "/sys/fs/cgroup")
    {
        long free = FreeMemory.Bytes(proc, cgroup);
        long total = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        long filled = 0;
        long others = 0;
        lock (s_caches)
        {
            foreach (Reservation cache in s_caches)
            {
                bool goes = leaves(cache.Id);
                filled += goes ? cache.Filled() : 0;
                others += goes ? 0 : cache.Bytes;
            }
        }

        long least = (long)(free * Part) / LeastShare;
        long alone = (long)(Math.Min(free + filled, total) * Part) - others;
        return Math.Max(least, Math.Min(alone, (long)(free * MostBeside)));
    }

    /// <summary>Counts a cache until the result is disposed.</summary>
    /// <param name="id">The model that has it.</param>
    /// <param name="bytes">Its size.</param>
    /// <param name="filled">How much of it was filled until now.</param>
    public static IDisposable Reserve(ServableId id, long bytes, Func<long> filled)
    {
        Reservation cache = new(id, bytes, filled);
        lock (s_caches)
        {
            s_caches.Add(cache);
        }

        return cache;
    }

    private sealed class Reservation(ServableId id, long bytes, Func<long> filled) : IDisposable
    {
        public ServableId Id => id;

        public long Bytes => bytes;

        public long Filled() => filled();

        public void Dispose()
        {
            lock (s_caches)
            {
                s_caches.Remove(this);
            }
        }
    }
}
