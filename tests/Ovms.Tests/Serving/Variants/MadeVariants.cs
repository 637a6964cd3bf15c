using System.Collections.Concurrent;
using Ovms.Serving.Requests;
using Ovms.Serving.Table;
using Ovms.Serving.Variants;
using Ovms.Status;
using Ovms.Tests.Serving.Lifecycle;

namespace Ovms.Tests.Serving.Variants;

/// <summary>A table whose variants are dummy models on the real engine; the test says when each is made, and which cannot be.</summary>
internal sealed class MadeVariants
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<long, (TaskCompletionSource Began, ManualResetEventSlim MayEnd)> _held = new();
    private readonly ConcurrentDictionary<long, string> _bad = new();
    private int _making;

    public MadeVariants(int waiters = 100) => Table = new VariantTable(Make, waiters, Clock, key => Dropped.Enqueue(key[0][0]));

    public VariantTable Table { get; }

    public FakeClock Clock { get; } = new();

    /// <summary>Every attempt, in order.</summary>
    public ConcurrentQueue<long> Made { get; } = new();

    /// <summary>What others took the place of, in order.</summary>
    public ConcurrentQueue<long> Dropped { get; } = new();

    /// <summary>How many were ever made at the same time.</summary>
    public int MostAtATime { get; private set; }

    /// <summary>Making this one ends only when the test says so.</summary>
    public void Hold(long size) => _held[size] = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new ManualResetEventSlim());

    /// <summary>Waits until one that is held is being made.</summary>
    public Task BegunAsync(long size) => _held[size].Began.Task.WaitAsync(s_patience);

    /// <summary>Lets it be made.</summary>
    public void Release(long size)
    {
        _held.TryRemove(size, out (TaskCompletionSource Began, ManualResetEventSlim MayEnd) held);
        held.MayEnd.Set();
    }

    /// <summary>This one cannot be made; null: it can again.</summary>
    public void Spoil(long size, string? why)
    {
        if (why is null)
        {
            _bad.TryRemove(size, out _);
        }
        else
        {
            _bad[size] = why;
        }
    }

    /// <summary>Leases the variant of a size.</summary>
    public Task<Outcome<ServableLease>> LeaseAsync(long size, CancellationToken cancellation = default) =>
        Table.LeaseAsync([[size]], cancellation).AsTask().WaitAsync(s_patience, CancellationToken.None);

    /// <summary>Uses the variant of a size once.</summary>
    public async Task UseAsync(long size)
    {
        using ServableLease lease = (await LeaseAsync(size)).Value!;
        InferSlot slot = (await lease.Servable.Pool.RentAsync(CancellationToken.None)).Value!;
        await Assert.That(await DummyServable.InferAsync(slot, 41)).IsEqualTo(42f);
        slot.Return();
    }

    /// <summary>Ends the table.</summary>
    public Task EndAsync() => Table.EndAsync().WaitAsync(s_patience);

    private Outcome<Servable> Make(long[][] key)
    {
        long size = key[0][0];
        Made.Enqueue(size);
        MostAtATime = Math.Max(MostAtATime, Interlocked.Increment(ref _making));
        if (_held.TryGetValue(size, out (TaskCompletionSource Began, ManualResetEventSlim MayEnd) held))
        {
            held.Began.SetResult();
            held.MayEnd.Wait(s_patience);
        }

        Interlocked.Decrement(ref _making);
        return !_bad.TryGetValue(size, out string? why) ? DummyServable.Make()
            : why.Length > 0 ? Outcome.Fail(StatusCode.ReshapeError, why)
            : throw new InvalidOperationException("a surprise");
    }
}
