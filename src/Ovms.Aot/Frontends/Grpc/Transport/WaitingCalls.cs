namespace Ovms.Frontends.Grpc.Transport;

/// <summary>
/// Watches whether the callers of calls that wait have gone, from 20 to 40 ms after they began to wait. The
/// framework makes three objects for each call that is watched, about 220 bytes, and most inferences are over sooner.
/// </summary>
internal static class WaitingCalls
{
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(20);
    private static readonly Lock s_lock = new();

    // Not created before the first call waits. Ticks as long as there are any.
    private static Timer? s_timer;
    private static bool s_isTicking;

    // Since the last tick, and since one before.
    private static LinkedList<CallEnd> s_fresh = new();
    private static LinkedList<CallEnd> s_aged = new();

    /// <summary>A call begins to wait.</summary>
    /// <param name="call">Its own node, in no list; to be taken out by <see cref="Remove"/> before the call ends.</param>
    public static void Add(LinkedListNode<CallEnd> call)
    {
        lock (s_lock)
        {
            s_fresh.AddLast(call);
            if (!s_isTicking)
            {
                s_isTicking = true;
                s_timer ??= new Timer(static _ => Tick());
                s_timer.Change(s_period, s_period);
            }
        }
    }

    /// <summary>The call is not to be watched from here on, if it was.</summary>
    public static void Remove(LinkedListNode<CallEnd> call)
    {
        lock (s_lock)
        {
            call.List?.Remove(call);
        }
    }

    private static void Tick()
    {
        // Within the lock, so that no call ends, and becomes another one, while it is taken for one that waits. One at a time: who has
        // gone already is told at once, and that may take other calls out.
        lock (s_lock)
        {
            while (s_aged.First is { } call)
            {
                s_aged.RemoveFirst();
                call.Value.WatchCaller();
            }

            (s_fresh, s_aged) = (s_aged, s_fresh);
            if (s_aged.Count == 0)
            {
                s_isTicking = false;
                s_timer!.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }
    }
}
