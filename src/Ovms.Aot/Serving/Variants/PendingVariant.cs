using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Serving.Variants;

/// <summary>A variant that is not made yet, and the calls that wait for it. Used under the table's lock.</summary>
internal sealed class PendingVariant(long[][] key)
{
    /// <summary>The key of the variant.</summary>
    public long[][] Key => key;

    /// <summary>The waiting calls.</summary>
    public LinkedList<Waiter> Waiters { get; } = new();

    /// <summary>Adds a waiting call.</summary>
    /// <param name="withdraw">Removes it again under the table's lock; false if it already has a result.</param>
    public Waiter Add(Func<Waiter, bool> withdraw)
    {
        Waiter waiter = new(withdraw);
        waiter.Node = Waiters.AddLast(waiter);
        return waiter;
    }

    /// <summary>The variant was made: each waiting call gets a lease.</summary>
    public void Give(Servable variant) => End(() => variant.TryLease()!);

    /// <summary>The variant cannot be made: each waiting call gets the failure.</summary>
    public void Fail(Outcome failure) => End(() => failure);

    // Continuations run asynchronously, so no foreign code runs under the lock.
    private void End(Func<Outcome<ServableLease>> result)
    {
        while (Waiters.First?.Value is { } waiter)
        {
            waiter.Leave();
            waiter.SetResult(result());
        }
    }

    /// <summary>One waiting call.</summary>
    internal sealed class Waiter(Func<Waiter, bool> withdraw)
        : TaskCompletionSource<Outcome<ServableLease>>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        private readonly Func<Waiter, bool> _withdraw = withdraw;

        /// <summary>Its place in the queue; null when it no longer waits.</summary>
        public LinkedListNode<Waiter>? Node { get; set; }

        /// <summary>Removes the call from the queue.</summary>
        /// <returns>Whether it was still queued.</returns>
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

        /// <summary>Waits for the result, or until the caller gives up.</summary>
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
