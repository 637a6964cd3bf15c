namespace Ovms.Generation.Scheduling;

/// <summary>Lets the engine's thread sleep until there is something to do. Setting it costs little while the thread is awake.</summary>
internal sealed class WakeSignal
{
    // Never disposed: a caller may set it at any time.
    private readonly AutoResetEvent _event = new(initialState: false);
    private int _isSleeping;

    /// <summary>Wakes the thread. What is to be done must be visible to it before.</summary>
    public void Set()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _isSleeping) != 0)
        {
            _event.Set();
        }
    }

    /// <summary>Sleeps until <see cref="Set"/>, unless there is something to do. It may return without a reason.</summary>
    /// <param name="hasWork">Whether there is something to do.</param>
    /// <param name="limit">Longest time to sleep.</param>
    public void Wait(Func<bool> hasWork, TimeSpan limit)
    {
        Volatile.Write(ref _isSleeping, 1);
        Interlocked.MemoryBarrier();
        if (!hasWork())
        {
            _event.WaitOne(limit);
        }

        Volatile.Write(ref _isSleeping, 0);
    }
}
