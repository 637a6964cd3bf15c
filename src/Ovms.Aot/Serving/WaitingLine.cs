using Ovms.Status;

namespace Ovms.Serving;

/// <summary>
/// Things that calls use one at a time. A call rents one; when all are out it waits its turn, first come first served, until its own
/// cancellation; how many may wait is bounded.
/// </summary>
internal sealed class WaitingLine<T>
{
    private readonly Lock _gate = new();
    private readonly Stack<T> _idle;
    private readonly LinkedList<Waiter> _waiters = new();
    private readonly int _waitersLimit;

    /// <summary>Starts with everything idle.</summary>
    /// <param name="things">At least one.</param>
    /// <param name="waitersLimit">How many calls may wait; at least 0.</param>
    public WaitingLine(IReadOnlyCollection<T> things, int waitersLimit)
    {
        Size = things.Count;
        _waitersLimit = waitersLimit;
        _idle = new Stack<T>(things);
    }

    /// <summary>How many things there are.</summary>
    public int Size { get; }

    /// <summary>Things in use now.</summary>
    public int InUse
    {
        get
        {
            lock (_gate)
            {
                return Size - _idle.Count;
            }
        }
    }

    /// <summary>Calls waiting now.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _waiters.Count;
            }
        }
    }

    /// <summary>One of the things, the caller's own until <see cref="Return"/>.</summary>
    /// <returns>It, or: too many wait already.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up waiting.</exception>
    public ValueTask<Outcome<T>> RentAsync(CancellationToken cancellation)
    {
        Waiter waiter;
        lock (_gate)
        {
            if (_idle.TryPop(out T? thing))
            {
                return new(thing);
            }

            if (_waiters.Count >= _waitersLimit)
            {
                return new(Outcome.Fail(StatusCode.QueueFull, $"All {Size} infer requests are busy and {_waiters.Count} calls wait already; try again later."));
            }

            waiter = new Waiter(this);
            waiter.Node = _waiters.AddLast(waiter);
        }

        return new(waiter.WaitAsync(cancellation));
    }

    /// <summary>Gives one back: to whoever waits longest, else it is idle.</summary>
    public void Return(T thing)
    {
        Waiter? next;
        lock (_gate)
        {
            next = _waiters.First?.Value;
            if (next is null)
            {
                _idle.Push(thing);
                return;
            }

            _waiters.RemoveFirst();
            next.Node = null;
        }

        next.SetResult(thing);
    }

    // Once taken off the list a waiter is owed a thing; cancellation only counts for one that is still on it.
    private bool TryWithdraw(Waiter waiter)
    {
        lock (_gate)
        {
            if (waiter.Node is null)
            {
                return false;
            }

            _waiters.Remove(waiter.Node);
            waiter.Node = null;
            return true;
        }
    }

    private sealed class Waiter(WaitingLine<T> line) : TaskCompletionSource<Outcome<T>>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        private readonly WaitingLine<T> _line = line;

        public LinkedListNode<Waiter>? Node { get; set; }

        public void SetResult(T thing) => SetResult((Outcome<T>)thing);

        public async Task<Outcome<T>> WaitAsync(CancellationToken cancellation)
        {
            using CancellationTokenRegistration registration = cancellation.UnsafeRegister(
                static (state, token) =>
                {
                    Waiter self = (Waiter)state!;
                    if (self._line.TryWithdraw(self))
                    {
                        self.TrySetCanceled(token);
                    }
                },
                this);
            return await Task.ConfigureAwait(false);
        }
    }
}
