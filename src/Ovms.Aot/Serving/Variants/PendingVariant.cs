using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Serving.Variants;

/// <summary>A variant that is to be made, and the calls that wait for it. Used under the table's lock.</summary>
internal sealed class PendingVariant(long[][] key)
{
    /// <summary>What it is to be made for.</summary>
    public long[][] Key => key;

    /// <summary>Who waits.</summary>
    public LinkedList<Waiter> Waiters { get; } = new();

    /// <summary>One more call waits.</summary>
    /// <param name="withdraw">Takes it out again under the table's lock; false where it is too late for that.</param>
    public Waiter Add(Func<Waiter, bool> withdraw)
    {
        Waiter waiter = new(withdraw);
        waiter.Node = Waiters.AddLast(waiter);
        return waiter;
    }

    /// <summary>It was made: each gets a lease of its own.</summary>
    public void Give(Servable variant) => End(() => variant.TryLease()!);

    /// <summary>It cannot be made.</summary>
    public void Fail(Outcome failure) => End(() => failure);

    // Continuations run asynchronously: nothing of theirs happens under the lock.
    private void End(Func<Outcome<ServableLease>> result)
    {
        while (Waiters.First?.Value is { } waiter)
        {
            waiter.Leave();
            waiter.SetResult(result());
        }
    }

    /// <summary>One call that waits.</summary>
    internal sealed class Waiter(Func<Waiter, bool> withdraw) : TaskCompletionSource<Outcome<ServableLease>>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        private readonly Func<Waiter, bool> _withdraw = withdraw;

        /// <summary>Its place; null when it waits no more.</summary>
        public LinkedListNode<Waiter>? Node { get; set; }

        /// <summary>It waits no more.</summary>
        /// <returns>Whether it did.</returns>
        public bool Leave()
        {
            if (Node is null)
            {
                return false;
            }

            Node.List!.Remove(Node);
            Node = null;
            return true;
        }

        /// <summary>Waits for what comes, or until the caller gives up.</summary>
        /// <exception cref="OperationCanceledException">The caller gave up.</exception>
        public async Task<Outcome<ServableLease>> WaitAsync(CancellationToken cancellation)
        {
            using CancellationTokenRegistration registration = cancellation.UnsafeRegister(
                static (state, token) =>
                {
                    Waiter self = (Waiter)state!;
                    if (self._withdraw(self))
                    {
                        self.TrySetCanceled(token);
                    }
                },
                this);
            return await Task.ConfigureAwait(false);
        }
    }
}
