namespace Ovms.Serving.Requests;

/// <summary>
/// Lets calls compute side by side, and one that asks for it alone; first come, first served. Who waits here holds an infer request, so
/// that no more can wait than there are of those.
/// </summary>
internal sealed class ShapeGate
{
    private const int Alone = -1;

    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _waiters = new();

    // How many compute now; Alone = one that nobody else computes beside.
    private int _inside;

    /// <summary>Waits for the turn. Whoever got in calls <see cref="Leave"/> once.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up waiting.</exception>
    public ValueTask EnterAsync(bool alone, CancellationToken cancellation)
    {
        Waiter waiter;
        lock (_gate)
        {
            if (_waiters.Count == 0 && TryTake(alone))
            {
                return ValueTask.CompletedTask;
            }

            waiter = new Waiter(this, alone);
            waiter.Node = _waiters.AddLast(waiter);
        }

        return new(waiter.WaitAsync(cancellation));
    }

    /// <summary>Lets the next ones in.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            _inside = _inside == Alone ? 0 : _inside - 1;
            Admit();
        }
    }

    private bool TryTake(bool alone)
    {
        if (_inside == Alone || (alone && _inside > 0))
        {
            return false;
        }

        _inside = alone ? Alone : _inside + 1;
        return true;
    }

    // Continuations run asynchronously: nothing of theirs happens under the lock.
    private void Admit()
    {
        while (_waiters.First?.Value is { } next && TryTake(next.WantsAlone))
        {
            _waiters.RemoveFirst();
            next.Node = null;
            next.SetResult();
        }
    }

    // Who gives up may have kept those behind it waiting.
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
            Admit();
            return true;
        }
    }

    private sealed class Waiter(ShapeGate gate, bool alone) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        private readonly ShapeGate _owner = gate;

        public bool WantsAlone { get; } = alone;

        public LinkedListNode<Waiter>? Node { get; set; }

        public async Task WaitAsync(CancellationToken cancellation)
        {
            using CancellationTokenRegistration registration = cancellation.UnsafeRegister(
                static (state, token) =>
                {
                    Waiter self = (Waiter)state!;
                    if (self._owner.TryWithdraw(self))
                    {
                        self.TrySetCanceled(token);
                    }
                },
                this);
            await Task.ConfigureAwait(false);
        }
    }
}
