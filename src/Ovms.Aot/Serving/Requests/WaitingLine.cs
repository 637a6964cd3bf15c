using System.Threading.Tasks.Sources;
using Ovms.Status;

namespace Ovms.Serving.Requests;

/// <summary>
/// Rents items to calls, each to one call at a time. If all are in use, calls wait first come, first served, up to a limit and until they
/// are cancelled.
/// </summary>
internal sealed class WaitingLine<T>
{
    // Waiter objects kept for reuse: as many as usually wait at a time.
    private const int MostSpare = 64;

    private readonly Lock _gate = new();
    private readonly Stack<T> _idle;
    private readonly LinkedList<Waiter> _waiters = new();
    private readonly Stack<Waiter> _spare = new();
    private readonly int _waitersLimit;

    /// <summary>Creates the queue with all items idle.</summary>
    /// <param name="items">The items, at least one.</param>
    /// <param name="waitersLimit">Maximum number of waiting calls; at least 0.</param>
    public WaitingLine(IReadOnlyCollection<T> items, int waitersLimit)
    {
        Size = items.Count;
        _waitersLimit = waitersLimit;
        _idle = new Stack<T>(items);
    }

    /// <summary>Number of items.</summary>
    public int Size { get; private set; }

    /// <summary>Number of items in use now.</summary>
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

    /// <summary>Number of calls waiting now.</summary>
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

    /// <summary>Rents an item to the caller until <see cref="Return"/>.</summary>
    /// <returns>The item, or a failure if too many calls wait already.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up waiting.</exception>
    public ValueTask<Outcome<T>> RentAsync(CancellationToken cancellation) => RentAsync(null, cancellation);

    /// <summary>Rents an item to a caller that may share the item of one before it: see <see cref="TakeGuests"/>.</summary>
    /// <param name="guest">Who would share it; null if the caller shares none.</param>
    /// <param name="cancellation">Ends the wait, until the guest is taken.</param>
    /// <returns>As the other overload; or, for a guest that was taken, what its host gives to the waiter.</returns>
    public ValueTask<Outcome<T>> RentAsync(LineGuest? guest, CancellationToken cancellation) =>
        RentAsync(guest, isFirst: false, cancellation);

    /// <summary>Rents an item to a caller that has waited already. It is the next to get one, also if the queue is full.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up waiting.</exception>
    public ValueTask<Outcome<T>> RentAgainAsync(CancellationToken cancellation) => RentAsync(null, isFirst: true, cancellation);

    private ValueTask<Outcome<T>> RentAsync(LineGuest? guest, bool isFirst, CancellationToken cancellation)
    {
        Waiter waiter;
        lock (_gate)
        {
            if (_idle.TryPop(out T? item))
            {
                return new(item);
            }

            if (_waiters.Count >= _waitersLimit && !isFirst)
            {
                return new(Outcome.Fail(
                    StatusCode.QueueFull,
                    $"All {Size} infer requests are busy and {_waiters.Count} calls wait already; try again later."));
            }

            waiter = _spare.TryPop(out Waiter? spare) ? spare : new Waiter(this);
            waiter.Guest = guest;
            if (isFirst)
            {
                _waiters.AddFirst(waiter.Place);
            }
            else
            {
                _waiters.AddLast(waiter.Place);
            }
        }

        return waiter.Begin(cancellation);
    }

    /// <summary>Returns an item: the longest waiter gets it; without waiters it becomes idle.</summary>
    public void Return(T item)
    {
        Waiter? next;
        lock (_gate)
        {
            next = _waiters.First?.Value;
            if (next is null)
            {
                _idle.Push(item);
                return;
            }

            _waiters.RemoveFirst();
        }

        next.SetResult(item);
    }

    /// <summary>Adds an item: the longest waiter gets it; without waiters it is idle.</summary>
    public void Add(T thing)
    {
        lock (_gate)
        {
            Size++;
        }

        Return(thing);
    }

    /// <summary>
    /// Takes waiting guests to share the item of a caller who has just got it, first come, first served. They leave the queue without an
    /// item, and cancellation does not end their wait any more: the taker gives each waiter its result.
    /// </summary>
    /// <param name="size">The taker's own size.</param>
    /// <param name="most">How large all may be together.</param>
    /// <param name="round">How much is taken of what is there, at most that.</param>
    /// <param name="taken">Receives the waiters.</param>
    public void TakeGuests(int size, int most, Func<int, int> round, List<Waiter> taken)
    {
        lock (_gate)
        {
            int there = size;
            LinkedListNode<Waiter>? next = _waiters.First;
            for (; next is not null && there < most; next = next.Next)
            {
                there += next.Value.Guest?.Size ?? 0;
            }

            int left = round(Math.Min(there, most)) - size;
            next = _waiters.First;
            while (left > 0 && next is { Value: var waiter })
            {
                next = next.Next;
                if (waiter.Guest is not { } guest)
                {
                    continue;
                }

                // One that does not fit is the next to be served: smaller ones behind it must not keep it waiting.
                if (guest.Size > left)
                {
                    break;
                }

                left -= guest.Size;
                _waiters.Remove(waiter.Place);
                taken.Add(waiter);
            }
        }
    }

    // A waiter that was removed from the queue will get an item, or its host's answer. Cancellation only applies while it is still queued.
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

    /// <summary>One call's wait. The object is reused after its result was taken.</summary>
    public sealed class Waiter : IValueTaskSource<Outcome<T>>
    {
        private readonly WaitingLine<T> _line;
        private ManualResetValueTaskSourceCore<Outcome<T>> _result = new() { RunContinuationsAsynchronously = true };
        private CancellationTokenRegistration _cancellation;

        internal Waiter(WaitingLine<T> line)
        {
            _line = line;
            Place = new LinkedListNode<Waiter>(this);
        }

        internal LinkedListNode<Waiter> Place { get; }

        /// <summary>Who would share an item; null if nobody.</summary>
        public LineGuest? Guest { get; internal set; }

        /// <summary>Starts the wait of a queued waiter. The result cannot be taken before this has returned.</summary>
        internal ValueTask<Outcome<T>> Begin(CancellationToken cancellation)
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

        /// <summary>Ends the wait of one that has left the queue. Called once, by who took it out.</summary>
        public void SetResult(T item) => _result.SetResult(item);

        Outcome<T> IValueTaskSource<Outcome<T>>.GetResult(short token)
        {
            try
            {
                return _result.GetResult(token);
            }
            finally
            {
                // Waits for a running cancellation callback, so that it cannot cancel the next call's wait.
                _cancellation.Dispose();
                _cancellation = default;
                _result.Reset();
                Guest = null;
                _line.Keep(this);
            }
        }

        ValueTaskSourceStatus IValueTaskSource<Outcome<T>>.GetStatus(short token) => _result.GetStatus(token);

        void IValueTaskSource<Outcome<T>>.OnCompleted(
            Action<object?> continuation,
            object? state,
            short token,
            ValueTaskSourceOnCompletedFlags flags) =>
            _result.OnCompleted(continuation, state, token, flags);
    }
}
