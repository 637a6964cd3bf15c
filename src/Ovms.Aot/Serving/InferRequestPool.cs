using System.Diagnostics;
using Ovms.Status;

namespace Ovms.Serving;

/// <summary>
/// The infer requests of one servable. A call rents one; when all are out it waits its turn, first come first served, until its own
/// cancellation; how many may wait is bounded.
/// </summary>
internal sealed class InferRequestPool : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Stack<InferSlot> _idle;
    private readonly LinkedList<Waiter> _waiters = new();
    private readonly InferSlot[] _slots;
    private readonly int _waitersLimit;

    /// <summary>Takes ownership of the slots.</summary>
    /// <param name="slots">At least one.</param>
    /// <param name="waitersLimit">How many calls may wait; at least 0.</param>
    public InferRequestPool(InferSlot[] slots, int waitersLimit)
    {
        _slots = slots;
        _waitersLimit = waitersLimit;
        _idle = new Stack<InferSlot>(slots);
        foreach (InferSlot slot in slots)
        {
            slot.Pool = this;
        }
    }

    /// <summary>Number of infer requests.</summary>
    public int Size => _slots.Length;

    /// <summary>Infer requests in use now.</summary>
    public int InUse
    {
        get
        {
            lock (_gate)
            {
                return _slots.Length - _idle.Count;
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

    /// <summary>An infer request of the caller's own until <see cref="InferSlot.Return"/>.</summary>
    /// <returns>The slot, or: too many wait already.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up waiting.</exception>
    public ValueTask<Outcome<InferSlot>> RentAsync(CancellationToken cancellation)
    {
        Waiter waiter;
        lock (_gate)
        {
            if (_idle.TryPop(out InferSlot? slot))
            {
                return new(slot);
            }

            if (_waiters.Count >= _waitersLimit)
            {
                return new(Outcome.Fail(StatusCode.QueueFull, $"All {_slots.Length} infer requests are busy and {_waiters.Count} calls wait already; try again later."));
            }

            waiter = new Waiter(this);
            waiter.Node = _waiters.AddLast(waiter);
        }

        return new(waiter.WaitAsync(cancellation));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Debug.Assert(InUse == 0, "The pool is freed only after every lease has ended.");
        foreach (InferSlot slot in _slots)
        {
            slot.Dispose();
        }
    }

    internal void Return(InferSlot slot)
    {
        Waiter? next;
        lock (_gate)
        {
            next = _waiters.First?.Value;
            if (next is null)
            {
                _idle.Push(slot);
                return;
            }

            _waiters.RemoveFirst();
            next.Node = null;
        }

        next.SetResult(slot);
    }

    // Once taken off the list a waiter is owed a slot; cancellation only counts for one that is still on it.
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

    private sealed class Waiter(InferRequestPool pool) : TaskCompletionSource<Outcome<InferSlot>>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        private readonly InferRequestPool _pool = pool;

        public LinkedListNode<Waiter>? Node { get; set; }

        public void SetResult(InferSlot slot) => SetResult((Outcome<InferSlot>)slot);

        public async Task<Outcome<InferSlot>> WaitAsync(CancellationToken cancellation)
        {
            using CancellationTokenRegistration registration = cancellation.UnsafeRegister(
                static (state, token) =>
                {
                    Waiter self = (Waiter)state!;
                    if (self._pool.TryWithdraw(self))
                    {
                        self.TrySetCanceled(token);
                    }
                },
                this);
            return await Task.ConfigureAwait(false);
        }
    }
}
