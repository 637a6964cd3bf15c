using Ovms.Native;

namespace Ovms.Tensors;

/// <summary>
/// Gives memory back to the system after a peak. Pools keep what calls use again within seconds and hand out the rest here; garbage and
/// freed blocks stay with the process until somebody asks the collector and the C library for them, since neither has a reason to work
/// while little is allocated.
/// </summary>
internal static class IdleMemory
{
    // What was not used for one to two periods goes.
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(10);

    // A collection stops all threads for a few milliseconds, and so does a trim for those that allocate: less is not worth it.
    private const long LeastGarbage = 4 << 20;
    private const long LeastFreed = 8 << 20;

    // Garbage of a peak that lasts is collected beside the calls, before it is a multiple of what they need.
    private const long MostGarbage = 64 << 20;

    // Under load that never pauses freed blocks are soon used again. After this many periods they are trimmed nevertheless.
    private const int MostDelays = 6;

    private static readonly Lock s_gate = new();
    private static readonly List<Func<IdleShare>> s_pools = [];
    private static readonly Timer s_timer = new(static _ => Look(), null, Timeout.Infinite, Timeout.Infinite);
    private static int s_isArmed;
    private static long s_garbage;
    private static long s_freed;
    private static long s_untrimmed;
    private static int s_delays;

    /// <summary>Adds a pool, for the life of the process.</summary>
    /// <param name="shrink">Lets go of what was not used since it was called last. One call at a time.</param>
    public static void Add(Func<IdleShare> shrink)
    {
        lock (s_gate)
        {
            s_pools.Add(shrink);
        }
    }

    /// <summary>Something is kept or was freed: it is looked after within a period.</summary>
    public static void Touch()
    {
        if (Volatile.Read(ref s_isArmed) == 0 && Interlocked.Exchange(ref s_isArmed, 1) == 0)
        {
            s_timer.Change(s_period, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Unmanaged memory was freed.</summary>
    public static void Freed(long bytes)
    {
        Interlocked.Add(ref s_freed, bytes);
        Touch();
    }

    /// <summary>Managed memory became garbage that the collector does not see a reason to collect.</summary>
    public static void Dropped(long bytes)
    {
        if (Interlocked.Add(ref s_garbage, bytes) >= MostGarbage && Interlocked.Exchange(ref s_garbage, 0) >= MostGarbage)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static _ => GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false), null);
        }

        Touch();
    }

    /// <summary>Does what is due at the end of a period. Safe from any thread.</summary>
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

/// <summary>What a pool did with its memory when it was asked to shrink.</summary>
/// <param name="Kept">Bytes that it still keeps and may let go of next time.</param>
/// <param name="Garbage">Bytes of managed memory that it let go of.</param>
/// <param name="Freed">Bytes of unmanaged memory that it freed.</param>
internal readonly record struct IdleShare(long Kept, long Garbage = 0, long Freed = 0)
{
    /// <summary>Both together.</summary>
    public static IdleShare operator +(IdleShare one, IdleShare other) => new(one.Kept + other.Kept, one.Garbage + other.Garbage, one.Freed + other.Freed);
}
