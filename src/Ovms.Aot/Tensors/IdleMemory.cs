using Ovms.Native;

namespace Ovms.Tensors;

/// <summary>
/// Returns memory to the operating system after a peak. Pools keep what calls reuse within seconds and release the rest here. Garbage
/// and freed blocks stay with the process until this class triggers the collector and malloc_trim: neither acts on its own while
/// little is allocated.
/// </summary>
internal static class IdleMemory
{
    // Memory unused for one to two periods is released.
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(10);

    // A collection stops all threads for a few milliseconds, and a trim those that allocate. Less than this is not worth it.
    private const long LeastGarbage = 4 << 20;
    private const long LeastFreed = 8 << 20;

    // Garbage of a long peak is collected concurrently, before it is a multiple of what the calls need.
    private const long MostGarbage = 64 << 20;

    // Under constant load freed blocks are soon reused, so trimming waits. After this many periods it happens anyway.
    private const int MostDelays = 6;

    private static readonly Lock s_gate = new();
    private static readonly List<Func<IdleShare>> s_pools = [];
    private static readonly Timer s_timer = new(static _ => Look(), null, Timeout.Infinite, Timeout.Infinite);
    private static int s_isArmed;
    private static long s_garbage;
    private static long s_freed;
    private static long s_untrimmed;
    private static int s_delays;

    /// <summary>Registers a pool for the life of the process.</summary>
    /// <param name="shrink">Releases what was not used since its last call. Never called concurrently.</param>
    public static void Add(Func<IdleShare> shrink)
    {
        lock (s_gate)
        {
            s_pools.Add(shrink);
        }
    }

    /// <summary>Call after memory was pooled or freed: schedules a check within one period.</summary>
    public static void Touch()
    {
        if (Volatile.Read(ref s_isArmed) == 0 && Interlocked.Exchange(ref s_isArmed, 1) == 0)
        {
            s_timer.Change(s_period, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Call after unmanaged memory was freed.</summary>
    public static void Freed(long bytes)
    {
        Interlocked.Add(ref s_freed, bytes);
        Touch();
    }

    /// <summary>Call after dropping managed memory that the collector has no reason to collect soon.</summary>
    public static void Dropped(long bytes)
    {
        if (Interlocked.Add(ref s_garbage, bytes) >= MostGarbage && Interlocked.Exchange(ref s_garbage, 0) >= MostGarbage)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static _ => GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false), null);
        }

        Touch();
    }

    /// <summary>Does the work at the end of a period. Thread-safe.</summary>
    public static void Look()
    {
        Volatile.Write(ref s_isArmed, 0);
        lock (s_gate)
        {
            IdleShare all = default;
            foreach (Func<IdleShare> shrink in s_pools)
            {
                all += shrink();
            }

            if (Interlocked.Read(ref s_garbage) + all.Garbage >= LeastGarbage)
            {
                Interlocked.Exchange(ref s_garbage, 0);
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            }

            Trim(Interlocked.Exchange(ref s_freed, 0), all.Freed);
            if (all.Kept > 0 || s_untrimmed >= LeastFreed)
            {
                Touch();
            }
        }
    }

    private static void Trim(long freedByCalls, long freedHere)
    {
        s_untrimmed += freedByCalls + freedHere;
        bool isQuiet = freedByCalls < LeastFreed || ++s_delays >= MostDelays;
        if (s_untrimmed >= LeastFreed && isQuiet)
        {
            s_untrimmed = 0;
            s_delays = 0;
            NativeHeap.GiveBack();
        }
    }
}

/// <summary>Result of shrinking a pool.</summary>
/// <param name="Kept">Bytes still kept that may be released next time.</param>
/// <param name="Garbage">Bytes of managed memory released.</param>
/// <param name="Freed">Bytes of unmanaged memory freed.</param>
internal readonly record struct IdleShare(long Kept, long Garbage = 0, long Freed = 0)
{
    /// <summary>The sum of both.</summary>
    public static IdleShare operator +(IdleShare one, IdleShare other) =>
        new(one.Kept + other.Kept, one.Garbage + other.Garbage, one.Freed + other.Freed);
}
