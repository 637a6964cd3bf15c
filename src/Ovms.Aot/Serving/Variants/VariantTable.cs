using Ovms.Serving.Shapes;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Serving.Variants;

/// <summary>
/// The most recently used variants of one model version, each compiled for one set of shapes. A missing variant is made once for all
/// calls that wait for it.
/// </summary>
/// <remarks>
/// Only one variant is made at a time; calls on other variants continue meanwhile.
/// Each variant is a <see cref="Servable"/>: calls lease it, and a dropped one is freed when its last call has ended. The next one is
/// made only after that, so that there are never more than <see cref="Capacity"/> + 1.
/// </remarks>
/// <param name="make">Makes the variant for a key; blocks until it is compiled.</param>
/// <param name="waitersLimit">Maximum number of calls that wait for variants; at least 0.</param>
/// <param name="clock">Measures how long failures are cached.</param>
/// <param name="dropped">Called with the key of a variant that was replaced by another.</param>
internal sealed class VariantTable(
    Func<long[][], Outcome<Servable>> make,
    int waitersLimit,
    TimeProvider clock,
    Action<long[][]> dropped)
{
    /// <summary>Maximum number of variants.</summary>
    /// <remarks>
    /// It is small, because each holds infer requests, threads and, on most devices, its own copy of the weights. It suffices for the
    /// batch sizes of a client that collects up to eight calls, or for the usual sizes of images.
    /// </remarks>
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
    private Servable[] _ending = [];

    /// <summary>Number of calls that wait for a variant to be made.</summary>
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

    /// <summary>Sums a value over the variants.</summary>
    public int Sum(Func<Servable, int> of)
    {
        lock (_gate)
        {
            return _byUse.Sum(entry => of(entry.Variant));
        }
    }

    /// <summary>Number of calls that a stop waits for, after <see cref="EndAsync"/> was called.</summary>
    public int CallsLeft
    {
        get
        {
            lock (_gate)
            {
                return _ending.Sum(static variant => variant.CallsLeft);
            }
        }
    }

    /// <summary>Leases the variant for a key. Makes it if it does not exist.</summary>
    /// <returns>The lease. Or a failure: the variant cannot be made, or too many calls wait.</returns>
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
                return new(Outcome.Fail(
                    StatusCode.QueueFull,
                    $"{_waiting} calls wait already for the model to be compiled for other shapes; try again later."));
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

    /// <summary>The variants, most recently used first.</summary>
    public Servable[] ToArray()
    {
        lock (_gate)
        {
            return [.. _byUse.Select(static entry => entry.Variant)];
        }
    }

    /// <summary>Forgets a variant: its calls end, and the next one of its shapes makes it anew.</summary>
    /// <returns>Whether the table had it.</returns>
    public bool Drop(Servable variant)
    {
        lock (_gate)
        {
            if (_byUse.FirstOrDefault(entry => entry.Variant == variant) is not { Variant: not null } found)
            {
                return false;
            }

            _byUse.Remove(_byKey[found.Key]);
            _byKey.Remove(found.Key);
            _leaving = Task.WhenAll(_leaving, variant.Drained);
        }

        variant.Retire();
        return true;
    }

    /// <summary>Releases all variants. Called once, when no call waits and none can come.</summary>
    /// <returns>Completes when the last call on a variant has ended and all are freed.</returns>
    public async Task EndAsync()
    {
        Servable[] variants;
        Task work;
        lock (_gate)
        {
            _isEnded = true;
            variants = _ending = [.. _byUse.Select(static entry => entry.Variant)];
            _byUse.Clear();
            _byKey.Clear();
            work = _work;
        }

        foreach (Servable variant in variants)
        {
            variant.Retire();
        }

        await work.ConfigureAwait(false);
        await Leaving().ConfigureAwait(false);
        await Task.WhenAll(variants.Select(static variant => variant.Drained)).ConfigureAwait(false);
    }

    private async Task WorkAsync()
    {
        while (await NextAsync().ConfigureAwait(false) is { } pending)
        {
            // A compilation occupies a thread for up to minutes, and the pool's threads answer calls.
            Outcome<Servable> made = await Task.Factory.StartNew(
                () => Make(pending.Key),
                CancellationToken.None,
                TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
                TaskScheduler.Default).ConfigureAwait(false);
            if (Settle(pending, made) is { } last)
            {
                last.Variant.Retire();
                lock (_gate)
                {
                    _leaving = Task.WhenAll(_leaving, last.Variant.Drained);
                }

                if (last.IsDropped)
                {
                    dropped(last.Key);
                }
            }
        }
    }

    // Returns the longest waiting variant that still has waiters. Null: there is none, and this work ends.
    private async ValueTask<PendingVariant?> NextAsync()
    {
        await Leaving().ConfigureAwait(false);
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

    private Task Leaving()
    {
        lock (_gate)
        {
            return _leaving;
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
            // The waiting calls must get a failure, and the next shapes their turn.
            return Outcome.Fail(StatusCode.InternalError, surprise.Message);
        }
    }

    // Gives the result to the waiting calls. Returns a variant that must be released.
    private (long[][] Key, Servable Variant, bool IsDropped)? Settle(PendingVariant pending, Outcome<Servable> made)
    {
        lock (_gate)
        {
            _pending.Remove(pending.Key);
            _waiting -= pending.Waiters.Count;
            if (!made.IsOk)
            {
                // A device's failure says nothing of the shapes, and may be over at the next call.
                if (made.Code != StatusCode.DeviceFailed)
                {
                    _failed.Add(pending.Key, made.WithoutValue);
                }

                pending.Fail(made.WithoutValue);
                return null;
            }

            if (_isEnded)
            {
                return (pending.Key, made.Value, IsDropped: false);
            }

            // Kept even if all callers have given up, because a retry will find it.
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

    // Once a waiter has its result it owns a lease. Cancellation only applies before.
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
