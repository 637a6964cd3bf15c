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

    // Calls that were computed together, and their inferences.
    private readonly BatchStatistics _together = new(BatchStatistics.AnySize);
    private readonly BatchStatistics _otherInferences = new(BatchStatistics.AnySize);
    private BatchStatistics[] _batches = [];
    private BatchStatistics[] _inferences = [];
    private long _otherSamples;
    private long _failed;
    private long _failedTicks;
    private long _last;

    /// <summary>Counts a call that was answered.</summary>
    /// <param name="batchSize">Samples of the call.</param>
    /// <param name="phases">Durations of the call.</param>
    public void Add(long batchSize, in CallPhases phases)
    {
        BatchStatistics batch = Find(ref _batches, batchSize) ?? MakeRoom(ref _batches, batchSize, _others);
        if (batch == _others)
        {
            Interlocked.Add(ref _otherSamples, batchSize);
        }

        batch.Add(phases);
        Volatile.Write(ref _last, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
    }

    /// <summary>Counts a call that was computed together with others and answered.</summary>
    /// <param name="batchSize">Samples of the call.</param>
    /// <param name="together">Samples of all of them, for the one call that stands for their inference; 0 for the others.</param>
    /// <param name="phases">Durations of the call.</param>
    public void AddTogether(long batchSize, long together, in CallPhases phases)
    {
        Interlocked.Add(ref _otherSamples, batchSize);
        if (together > 0)
        {
            (Find(ref _inferences, together) ?? MakeRoom(ref _inferences, together, _otherInferences)).Add(phases);
        }

        _together.Add(phases);
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
        long samples = Volatile.Read(ref _otherSamples);
        (long count, CallPhases sum) = _together.Read();
        long inferences = _otherInferences.Read().Calls;
        SortedDictionary<long, (long Count, CallPhases Phases)> sizes = [];
        foreach (BatchStatistics batch in Volatile.Read(ref _batches).Append(_others))
        {
            (long calls, CallPhases phases) = batch.Read();
            count += calls;
            sum += phases;
            samples += batch == _others ? 0 : calls * batch.Size;
            List(batch, calls, phases);
        }

        foreach (BatchStatistics batch in Volatile.Read(ref _inferences))
        {
            (long calls, CallPhases phases) = batch.Read();
            List(batch, calls, phases);
        }

        return new CallTotals
        {
            LastInference = Volatile.Read(ref _last),
            Samples = samples,
            Inferences = inferences,
            Success = Duration(count, sum.Total),
            Fail = Duration(Volatile.Read(ref _failed), Volatile.Read(ref _failedTicks)),
            Queue = Duration(count, sum.Queue),
            Input = Duration(count, sum.Input),
            Infer = Duration(count, sum.Infer),
            Output = Duration(count, sum.Output),
            Batches = [.. sizes.Select(static size => Totals(size.Key, size.Value.Count, size.Value.Phases))],
        };

        void List(BatchStatistics batch, long calls, CallPhases phases)
        {
            inferences += calls;
            if (batch != _others)
            {
                (long count, CallPhases before) = sizes.GetValueOrDefault(batch.Size);
                sizes[batch.Size] = (count + calls, before + phases);
            }
        }
    }

    private static BatchTotals Totals(long size, long count, CallPhases phases) =>
        new(size, Duration(count, phases.Input), Duration(count, phases.Infer), Duration(count, phases.Output));

    private static DurationTotal Duration(long count, long ticks) =>
        new(count, (long)((Int128)ticks * 1_000_000_000 / Stopwatch.Frequency));

    private static BatchStatistics? Find(ref BatchStatistics[] batches, long batchSize)
    {
        foreach (BatchStatistics batch in Volatile.Read(ref batches))
        {
            if (batch.Size == batchSize)
            {
                return batch;
            }
        }

        return null;
    }

    private BatchStatistics MakeRoom(ref BatchStatistics[] batches, long batchSize, BatchStatistics others)
    {
        if (Volatile.Read(ref batches).Length >= MaxBatchSizes)
        {
            return others;
        }

        lock (_gate)
        {
            if (Find(ref batches, batchSize) is { } made)
            {
                return made;
            }

            if (batches.Length >= MaxBatchSizes)
            {
                return others;
            }

            BatchStatistics fresh = new(batchSize);
            Volatile.Write(ref batches, [.. batches, fresh]);
            return fresh;
        }
    }
}
