namespace Ovms.Observability.Metrics;

/// <summary>The calls of one batch size within <see cref="CallStatistics"/>.</summary>
/// <param name="size">Samples of each call; <see cref="AnySize"/> if sizes are not distinguished.</param>
internal sealed class BatchStatistics(long size)
{
    /// <summary>Stands for all sizes that are not listed.</summary>
    public const long AnySize = -1;

    private long _calls;
    private long _total;
    private long _queue;
    private long _input;
    private long _infer;
    private long _output;

    /// <summary>Samples of each call.</summary>
    public long Size => size;

    /// <summary>Adds a call.</summary>
    public void Add(in CallPhases phases)
    {
        Interlocked.Add(ref _total, phases.Total);
        Interlocked.Add(ref _queue, phases.Queue);
        Interlocked.Add(ref _input, phases.Input);
        Interlocked.Add(ref _infer, phases.Infer);
        Interlocked.Add(ref _output, phases.Output);

        // Incremented last and read first: for every call that a reader counts, the sums include its durations.
        Interlocked.Increment(ref _calls);
    }

    /// <summary>The number of calls, and the sums of their durations.</summary>
    public (long Calls, CallPhases Phases) Read()
    {
        long calls = Volatile.Read(ref _calls);
        CallPhases phases = new(
            Volatile.Read(ref _total),
            Volatile.Read(ref _queue),
            Volatile.Read(ref _input),
            Volatile.Read(ref _infer),
            Volatile.Read(ref _output));
        return (calls, phases);
    }
}
