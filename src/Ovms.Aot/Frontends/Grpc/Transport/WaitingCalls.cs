namespace Ovms.Frontends.Grpc.Transport;

/// <summary>
/// Watches for disconnects of callers whose calls wait, beginning 20 to 40 ms after the wait began. The framework allocates three objects,
/// about 220 bytes, for each watched call, and most inferences end sooner.
/// </summary>
/// <remarks>
/// Each core has its own lists, so that calls which begin and end their waits at the same time do not contend for a lock.
/// </remarks>
internal sealed class WaitingCalls
{
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(20);

    private readonly Lines[] _lines = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(static _ => new Lines())];

    /// <summary>Adds a call that begins to wait.</summary>
    /// <param name="call">The call's own node, in no list.</param>
    /// <returns>The lists that hold it; remove it from them before the call ends.</returns>
    public Lines Add(LinkedListNode<CallEnd> call)
    {
        Lines lines = _lines[Thread.GetCurrentProcessorId() % _lines.Length];
        lines.Add(call);
        return lines;
    }

    /// <summary>The calls that began to wait on one core.</summary>
    internal sealed class Lines
    {
        private readonly Lock _lock = new();

        // Created when the first call waits. Runs while there are calls.
        private Timer? _timer;
        private bool _isTicking;

        // Calls since the last tick, and calls from before it.
        private LinkedList<CallEnd> _fresh = new();
        private LinkedList<CallEnd> _aged = new();

        /// <summary>Adds a call that begins to wait.</summary>
        public void Add(LinkedListNode<CallEnd> call)
        {
            lock (_lock)
            {
                _fresh.AddLast(call);
                if (!_isTicking)
                {
                    _isTicking = true;
                    _timer ??= new Timer(static self => ((Lines)self!).Tick(), this, Timeout.Infinite, Timeout.Infinite);
                    _timer.Change(s_period, s_period);
                }
            }
        }

        /// <summary>Removes the call, if it is still in a list.</summary>
        public void Remove(LinkedListNode<CallEnd> call)
        {
            lock (_lock)
            {
                call.List?.Remove(call);
            }
        }

        private void Tick()
        {
            // The lock keeps a CallEnd from ending and being reused while it is taken for a waiting one. Take one call at a time: if its
            // caller is already gone, WatchCaller cancels it at once, and that may remove other calls.
            lock (_lock)
            {
                while (_aged.First is { } call)
                {
                    _aged.RemoveFirst();
                    call.Value.WatchCaller();
                }

                (_fresh, _aged) = (_aged, _fresh);
                if (_aged.Count == 0)
                {
                    _isTicking = false;
                    _timer!.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                }
            }
        }
    }
}
