using System.Collections.Immutable;

namespace Ovms.Observability.Metrics;

/// <summary>Durations of the phases of inference calls, in ticks of the stopwatch.</summary>
/// <param name="Total">From the request's last byte to the answer in the response's buffer.</param>
/// <param name="Queue">Waiting for an infer request.</param>
/// <param name="Input">Reading, checking and converting the request, and binding its tensors in OpenVINO.</param>
/// <param name="Infer">The inference.</param>
/// <param name="Output">Writing the answer.</param>
internal readonly record struct CallPhases(long Total, long Queue, long Input, long Infer, long Output)
{
    /// <summary>Sums of the durations.</summary>
    public static CallPhases operator +(CallPhases a, CallPhases b) =>
        new(a.Total + b.Total, a.Queue + b.Queue, a.Input + b.Input, a.Infer + b.Infer, a.Output + b.Output);
}

/// <summary>How often something happened, and its total duration.</summary>
internal readonly record struct DurationTotal(long Count, long Nanoseconds);

/// <summary>The inferences of one batch size.</summary>
internal readonly record struct BatchTotals(long BatchSize, DurationTotal Input, DurationTotal Infer, DurationTotal Output);

/// <summary>A snapshot of <see cref="CallStatistics"/>.</summary>
internal sealed record CallTotals
{
    /// <summary>When the last call was answered, in milliseconds since 1970-01-01 UTC; 0 = never.</summary>
    public required long LastInference { get; init; }

    /// <summary>Samples of all answered calls.</summary>
    public required long Samples { get; init; }

    /// <summary>Inferences that computed them: fewer than calls if calls were computed together.</summary>
    public required long Inferences { get; init; }

    /// <summary>Answered calls, total durations.</summary>
    public required DurationTotal Success { get; init; }

    /// <summary>Calls that found the version and failed, total durations.</summary>
    public required DurationTotal Fail { get; init; }

    /// <summary>Waits for an infer request; one for each answered call, however short.</summary>
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
