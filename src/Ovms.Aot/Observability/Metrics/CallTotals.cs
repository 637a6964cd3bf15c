using System.Collections.Immutable;

namespace Ovms.Observability.Metrics;

/// <summary>Where the time of inference calls went, in ticks of the stopwatch.</summary>
/// <param name="Total">From the request's last byte to the answer in the response's buffer.</param>
/// <param name="Queue">Waiting for an infer request.</param>
/// <param name="Input">Reading, checking and converting the request, and handing its tensors to the engine.</param>
/// <param name="Infer">Computing.</param>
/// <param name="Output">Writing the answer.</param>
internal readonly record struct CallPhases(long Total, long Queue, long Input, long Infer, long Output)
{
    /// <summary>The durations of both together.</summary>
    public static CallPhases operator +(CallPhases a, CallPhases b) =>
        new(a.Total + b.Total, a.Queue + b.Queue, a.Input + b.Input, a.Infer + b.Infer, a.Output + b.Output);
}

/// <summary>How often something happened and how long it took together.</summary>
internal readonly record struct DurationTotal(long Count, long Nanoseconds);

/// <summary>The calls of one batch size.</summary>
internal readonly record struct BatchTotals(long BatchSize, DurationTotal Input, DurationTotal Infer, DurationTotal Output);

/// <summary>What <see cref="CallStatistics"/> had counted at some moment.</summary>
internal sealed record CallTotals
{
    /// <summary>When a call was last answered, in milliseconds since 1970-01-01 UTC; 0 = never.</summary>
    public required long LastInference { get; init; }

    /// <summary>Samples of all calls that were answered.</summary>
    public required long Samples { get; init; }

    /// <summary>Calls that were answered, whole.</summary>
    public required DurationTotal Success { get; init; }

    /// <summary>Calls that found the version and failed, whole.</summary>
    public required DurationTotal Fail { get; init; }

    /// <summary>Waits for an infer request; one for each call that was answered, however short.</summary>
    public required DurationTotal Queue { get; init; }

    /// <inheritdoc cref="CallPhases.Input"/>
    public required DurationTotal Input { get; init; }

    /// <inheritdoc cref="CallPhases.Infer"/>
    public required DurationTotal Infer { get; init; }

    /// <inheritdoc cref="CallPhases.Output"/>
    public required DurationTotal Output { get; init; }

    /// <summary>The same by batch size, ascending.</summary>
    public required ImmutableArray<BatchTotals> Batches { get; init; }
}
