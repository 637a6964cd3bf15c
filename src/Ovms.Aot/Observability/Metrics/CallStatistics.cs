using System.Collections.Immutable;
using System.Diagnostics;

namespace Ovms.Observability.Metrics;

/// <summary>
/// Counts and durations of the inference calls that one load of a version answered. Always on, unlike metrics; a reload starts at zero.
/// Thread-safe: a call costs a few atomic additions, without a lock, and allocates only for a new batch size.
/// </summary>
internal sealed class CallStatistics
{
    // Callers choose the batch size, so the list of sizes is bounded. Calls of further sizes count only in the totals.
    private const int MaxBatchSizes = 64;

    private readonly Lock _gate = new();
    private readonly BatchStatistics _others = new(BatchStatistics.AnySize);
    private volatile BatchStatistics[] _batches = [];
    private long _otherSamples;
    private long _failed;
    private long _failedTicks;
    private long _last;

    /// <summary>Counts a call that was answered.</summary>
    /// <param name="batchSize">Samples of the call.</param>
    /// <param name="phases">Durations of the call.</param>
    public void Add(long batchSize, in CallPhases phases)
    {
        BatchStatistics batch = Find(batchSize) ?? MakeRoom(batchSize);
        if (batch == _others)
        {
            Interlocked.Add(ref _otherSamples, batchSize);
        }

        batch.Add(phases);
        Volatile.Write(ref _last, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
    }

    /// <summary>Counts a call that failed.</summary>
    /// <param name="ticks">Duration in ticks of <see cref="Stopwatch"/>.</param>
    public void AddFailed(long ticks)
    {
        Interlocked.Increment(ref _failed);
        Interlocked.Add(ref _failedTicks, ticks);
    }

    /// <summary>Values that change with each call that is answered, and with each that fails.</summary>
    public (long Answered, long Failed) Counted => (Volatile.Read(ref _last), Volatile.Read(ref _failed));

    /// <summary>A snapshot of the totals.</summary>
    public CallTotals Read()
    {
        BatchStatistics[] batches = _batches;
        long samples = Volatile.Read(ref _otherSamples);
        CallPhases sum = default;
        long count = 0;
        ImmutableArray<BatchTotals>.Builder listed = ImmutableArray.CreateBuilder<BatchTotals>(batches.Length);
        foreach (BatchStatistics batch in batches.OrderBy(static batch => batch.Size).Append(_others))
        {
            (long calls, CallPhases phases) = batch.Read();
            count += calls;
            sum += phases;
            if (batch != _others)
            {
                samples += calls * batch.Size;
                listed.Add(new BatchTotals(
                    batch.Size, Duration(calls, phases.Input), Duration(calls, phases.Infer), Duration(calls, phases.Output)));
            }
        }

        return new CallTotals
        {
            LastInference = Volatile.Read(ref _last),
            Samples = samples,
            Success = Duration(count, sum.Total),
            Fail = Duration(Volatile.Read(ref _failed), Volatile.Read(ref _failedTicks)),
            Queue = Duration(count, sum.Queue),
            Input = Duration(count, sum.Input),
            Infer = Duration(count, sum.Infer),
            Output = Duration(count, sum.Output),
            Batches = listed.ToImmutable(),
        };
    }

    private static DurationTotal Duration(long count, long ticks) =>
        new(count, (long)((Int128)ticks * 1_000_000_000 / Stopwatch.Frequency));

    private BatchStatistics? Find(long batchSize)
    {
        foreach (BatchStatistics batch in _batches)
        {
            if (batch.Size == batchSize)
            {
                return batch;
            }
        }

        return null;
    }

    private BatchStatistics MakeRoom(long batchSize)
    {
        if (_batches.Length >= MaxBatchSizes)
        {
            return _others;
        }

        lock (_gate)
        {
            if (Find(batchSize) is { } made)
            {
                return made;
            }

            if (_batches.Length >= MaxBatchSizes)
            {
                return _others;
            }

            BatchStatistics fresh = new(batchSize);
            _batches = [.. _batches, fresh];
            return fresh;
        }
    }
}
