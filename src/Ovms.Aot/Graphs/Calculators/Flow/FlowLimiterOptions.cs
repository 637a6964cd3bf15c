using Ovms.Configuration.Graphs;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>How many times may be underway. Source: the original's FlowLimiterCalculatorOptions.</summary>
[GraphMessage("mediapipe.FlowLimiterCalculatorOptions")]
internal sealed partial record FlowLimiterOptions
{
    /// <summary>Times that may be underway, 1 and up.</summary>
    [GraphField(1)]
    public int MaxInFlight { get; init; } = 1;

    /// <summary>Times that may wait, 0 and up; older ones are dropped.</summary>
    [GraphField(2)]
    public int MaxInQueue { get; init; }

    /// <summary>Units of time after which a time underway is taken for lost; 0 for never.</summary>
    [GraphField(3)]
    public long InFlightTimeout { get; init; }
}
