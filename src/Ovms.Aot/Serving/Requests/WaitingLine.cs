using System.Threading.Tasks.Sources;
using Ovms.Status;

namespace Ovms.Serving.Requests;

/// <summary>
/// Things that calls use one at a time. A call rents one; when all are out it waits its turn, first come first served, until its own
/// cancellation; how many may wait is bounded.
/// </summary>
internal sealed class WaitingLine<T>
{
    // Waiters kept for later calls: as many as usually wait at a time.
    private const int MostSpare = 64;

    private readonly Lock _gate = new();
    private readonly Stack<T> _idle;
    private readonly LinkedList<Waiter> _waiters = new();
    private readonly Stack<Waiter> _spare = new();
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

            waiter = _spare.TryPop(out Waiter? spare) ? spare : new Waiter(this);
            _waiters.AddLast(waiter.Place);
        }

        return waiter.Begin(cancellation);
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
        }

        next.SetResult(thing);
    }

    // Once taken off the list a waiter is owed a thing; cancellation only counts for one that is still on it.
    private bool TryWithdraw(Waiter waiter)
    {
        lock (_gate)
        {
            if (waiter.Place.List is null)
            {
                return false;
            }

            _waiters.Remove(waiter.Place);
            return true;
        }
    }

    private void Keep(Waiter waiter)
    {
        lock (_gate)
        {
            if (_spare.Count < MostSpare)
            {
                _spare.Push(waiter);
            }
        }
    }

    /// <summary>One call's wait; the next call's once its result was taken.</summary>
    private sealed class Waiter : IValueTaskSource<Outcome<T>>
    {
        private readonly WaitingLine<T> _line;
        private ManualResetValueTaskSourceCore<Outcome<T>> _result = new() { RunContinuationsAsynchronously = true };
        private CancellationTokenRegistration _cancellation;

        public Waiter(WaitingLine<T> line)
        {
            _line = line;
            Place = new LinkedListNode<Waiter>(this);
        }

        public LinkedListNode<Waiter> Place { get; }

        /// <summary>On the line already. Nobody can take the result before this has returned.</summary>
        public ValueTask<Outcome<T>> Begin(CancellationToken cancellation)
        {
            _cancellation = cancellation.UnsafeRegister(
                static (state, token) =>
                {
                    Waiter self = (Waiter)state!;
                    if (self._line.TryWithdraw(self))
                    {
                        self._result.SetException(new OperationCanceledException(token));
                    }
                },
                this);
            return new(this, _result.Version);
        }

        public void SetResult(T thing) => _result.SetResult(thing);

        Outcome<T> IValueTaskSource<Outcome<T>>.GetResult(short token)
        {
            try
            {
                return _result.GetResult(token);
            }
            finally
            {
                // Waits for a cancellation that is under way, so that it cannot reach the next call.
                _cancellation.Dispose();
                _cancellation = default;
                _result.Reset();
                _line.Keep(this);
            }
        }

        ValueTaskSourceStatus IValueTaskSource<Outcome<T>>.GetStatus(short token) => _result.GetStatus(token);

        void IValueTaskSource<Outcome<T>>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _result.OnCompleted(continuation, state, token, flags);
    }
}
