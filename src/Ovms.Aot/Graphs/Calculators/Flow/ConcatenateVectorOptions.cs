using Ovms.Configuration.Graphs;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>Which times are written. Source: the original's ConcatenateVectorCalculatorOptions.</summary>
[GraphMessage("mediapipe.ConcatenateVectorCalculatorOptions")]
internal sealed partial record ConcatenateVectorOptions
{
    /// <summary>Whether times at which an input is missing are left out.</summary>
    [GraphField(1)]
    public bool OnlyEmitIfAllPresent { get; init; }
}
