namespace Ovms.Serving.Requests;

/// <summary>
/// Lets calls compute concurrently, or one alone; first come, first served. Each waiter holds an infer request or a sequence's turn, so
/// their number is bounded.
/// </summary>
internal sealed class ShapeGate
{
    private const int Alone = -1;

    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _waiters = new();

    // Number of calls that compute now, or Alone for one that excludes all others.
    private int _inside;

    /// <summary>Waits for admission. After it succeeds, the caller must call <see cref="Leave"/> once.</summary>
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

    /// <summary>Leaves, and admits the next waiters.</summary>
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

    // Continuations run asynchronously, so no foreign code runs under the lock.
    private void Admit()
    {
        while (_waiters.First?.Value is { } next && TryTake(next.WantsAlone))
        {
            _waiters.RemoveFirst();
            next.Node = null;
            next.SetResult();
        }
    }

    // A withdrawn waiter may have blocked those behind it, so they are admitted here.
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
