using Ovms.Serving.Shapes;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Serving.Variants;

/// <summary>
/// The variants of one model version, each compiled for one set of shapes: those that calls used last. One that is missing is made once,
/// however many calls wait for it, while the others go on; no two are made at the same time.
/// </summary>
/// <remarks>
/// A variant is a <see cref="Servable"/> of its own: calls lease it, and one that is dropped is freed when its last call has ended. The
/// next one is made only after that, so that there are never more than <see cref="Capacity"/> and one.
/// </remarks>
/// <param name="make">Makes a variant for a key; blocks for as long as compiling takes.</param>
/// <param name="waitersLimit">How many calls may wait for variants to be made; at least 0.</param>
/// <param name="clock">For how long a failure is remembered.</param>
/// <param name="dropped">Told of a variant that others took the place of.</param>
internal sealed class VariantTable(Func<long[][], Outcome<Servable>> make, int waitersLimit, TimeProvider clock, Action<long[][]> dropped)
{
    /// <summary>
    /// Variants that are kept. Each holds infer requests, threads and, on most devices, weights in the device's own form, so that the number
    /// is small; it is enough for the batch sizes of a client that gathers up to eight calls, or for the usual sizes of pictures.
    /// </summary>
    public const int Capacity = 8;

    private readonly Lock _gate = new();
    private readonly Dictionary<long[][], LinkedListNode<(long[][] Key, Servable Variant)>> _byKey = new(SameShapes.Comparer);

    // Most recent first.
    private readonly LinkedList<(long[][] Key, Servable Variant)> _byUse = new();
    private readonly Dictionary<long[][], PendingVariant> _pending = new(SameShapes.Comparer);
    private readonly Queue<PendingVariant> _order = new();
    private readonly FailedShapes _failed = new(clock);
    private Task _work = Task.CompletedTask;
    private Task _leaving = Task.CompletedTask;
    private int _waiting;
    private bool _isWorking;
    private bool _isEnded;

    /// <summary>Calls that wait for a variant to be made.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _waiting;
            }
        }
    }

    /// <summary>The sum of something over the variants.</summary>
    public int Sum(Func<Servable, int> of)
    {
        lock (_gate)
        {
            return _byUse.Sum(entry => of(entry.Variant));
        }
    }

    /// <summary>The right to use the variant of a key, which is made where it is missing.</summary>
    /// <returns>The lease, or: the model cannot be made so, too many wait already.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up waiting.</exception>
    public ValueTask<Outcome<ServableLease>> LeaseAsync(long[][] key, CancellationToken cancellation)
    {
        PendingVariant.Waiter waiter;
        lock (_gate)
        {
            if (_byKey.TryGetValue(key, out LinkedListNode<(long[][] Key, Servable Variant)>? found))
            {
                _byUse.Remove(found);
                _byUse.AddFirst(found);
                return new(found.Value.Variant.TryLease()!);
            }

            if (_failed.Find(key) is { } failure)
            {
                return new(failure);
            }

            if (_waiting >= waitersLimit)
            {
                return new(Outcome.Fail(StatusCode.QueueFull, $"{_waiting} calls wait already for the model to be compiled for other shapes; try again later."));
            }

            if (!_pending.TryGetValue(key, out PendingVariant? pending))
            {
                pending = new PendingVariant(key);
                _pending.Add(key, pending);
                _order.Enqueue(pending);
            }

            waiter = pending.Add(TryWithdraw);
            _waiting++;
            if (!_isWorking)
            {
                _isWorking = true;
                _work = Task.Run(WorkAsync);
            }
        }

        return new(waiter.WaitAsync(cancellation));
    }

    /// <summary>Lets all variants go. Called once, when no call waits or comes any more.</summary>
    /// <returns>Ends when the last call on a variant has ended and all are freed.</returns>
    public async Task EndAsync()
    {
        Servable[] variants;
        Task work;
        lock (_gate)
        {
            _isEnded = true;
            variants = [.. _byUse.Select(static entry => entry.Variant)];
            _byUse.Clear();
            _byKey.Clear();
            work = _work;
        }

        foreach (Servable variant in variants)
        {
            variant.Retire();
        }

        await work.ConfigureAwait(false);
        await _leaving.ConfigureAwait(false);
        await Task.WhenAll(variants.Select(static variant => variant.Drained)).ConfigureAwait(false);
    }

    private async Task WorkAsync()
    {
        while (await NextAsync().ConfigureAwait(false) is { } pending)
        {
            // A compilation takes up to minutes of one thread: the pool's answer calls.
            Outcome<Servable> made = await Task.Factory.StartNew(
                () => Make(pending.Key), CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default).ConfigureAwait(false);
            if (Settle(pending, made) is { } last)
            {
                last.Variant.Retire();
                _leaving = last.Variant.Drained;
                if (last.IsDropped)
                {
                    dropped(last.Key);
                }
            }
        }
    }

    // The one that waits longest and is still wanted; null: there is none, and the work is over.
    private async ValueTask<PendingVariant?> NextAsync()
    {
        await _leaving.ConfigureAwait(false);
        lock (_gate)
        {
            while (_order.TryDequeue(out PendingVariant? pending))
            {
                if (pending.Waiters.Count > 0)
                {
                    return pending;
                }

                _pending.Remove(pending.Key);
            }

            _isWorking = false;
            return null;
        }
    }

    private Outcome<Servable> Make(long[][] key)
    {
        try
        {
            return make(key);
        }
        catch (Exception surprise)
        {
            // The calls that wait must hear of it, and the next shapes get their turn.
            return Outcome.Fail(StatusCode.InternalError, surprise.Message);
        }
    }

    // Gives what was made to who waits for it; returns a variant to let go.
    private (long[][] Key, Servable Variant, bool IsDropped)? Settle(PendingVariant pending, Outcome<Servable> made)
    {
        lock (_gate)
        {
            _pending.Remove(pending.Key);
            _waiting -= pending.Waiters.Count;
            if (!made.IsOk)
            {
                _failed.Add(pending.Key, made.WithoutValue);
                pending.Fail(made.WithoutValue);
                return null;
            }

            if (_isEnded)
            {
                return (pending.Key, made.Value, IsDropped: false);
            }

            // Kept also where everybody gave up: who tries again with the same patience finds it.
            pending.Give(made.Value);
            _byKey.Add(pending.Key, _byUse.AddFirst((pending.Key, made.Value)));
            if (_byUse.Count <= Capacity)
            {
                return null;
            }

            (long[][] key, Servable variant) = _byUse.Last!.Value;
            _byUse.RemoveLast();
            _byKey.Remove(key);
            return (key, variant, IsDropped: true);
        }
    }

    // Once it was given something a waiter owns a lease; cancellation only counts before.
    private bool TryWithdraw(PendingVariant.Waiter waiter)
    {
        lock (_gate)
        {
            bool isWaiting = waiter.Leave();
            _waiting -= isWaiting ? 1 : 0;
            return isWaiting;
        }
    }
}
