namespace Ovms.Frontends.Grpc.Transport;

/// <summary>
/// Watches whether the callers of calls that wait have gone, from 20 to 40 ms after they began to wait. The
/// framework makes three objects for each call that is watched, about 220 bytes, and most inferences are over sooner.
/// </summary>
/// <remarks>Each core has lists of its own, so that calls which begin and end to wait at the same time do not wait for each other.</remarks>
internal sealed class WaitingCalls
{
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(20);

    private readonly Lines[] _lines = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(static _ => new Lines())];

    /// <summary>A call begins to wait.</summary>
    /// <param name="call">Its own node, in no list.</param>
    /// <returns>Takes it out again, to be called before the call ends.</returns>
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

        // Not created before the first call waits. Ticks as long as there are any.
        private Timer? _timer;
        private bool _isTicking;

        // Since the last tick, and since one before.
        private LinkedList<CallEnd> _fresh = new();
        private LinkedList<CallEnd> _aged = new();

        /// <summary>A call begins to wait.</summary>
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

        /// <summary>The call is not to be watched from here on, if it was.</summary>
        public void Remove(LinkedListNode<CallEnd> call)
        {
            lock (_lock)
            {
                call.List?.Remove(call);
            }
        }

        private void Tick()
        {
            // Within the lock, so that no call ends, and becomes another one, while it is taken for one that waits. One at a time: who has
            // gone already is told at once, and that may take other calls out.
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
