using System.Collections.Immutable;
using Ovms.Configuration.Graphs;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>The parts of a vector. Source: the original's SplitVectorCalculatorOptions.</summary>
[GraphMessage("mediapipe.SplitVectorCalculatorOptions")]
internal sealed partial record SplitVectorOptions
{
    /// <summary>The parts, one for each output.</summary>
    [GraphField(1)]
    public ImmutableArray<VectorRange> Ranges { get; init; } = [];

    /// <summary>Whether each part is one item, written by itself.</summary>
    [GraphField(2)]
    public bool ElementOnly { get; init; }

    /// <summary>Whether all parts go into one vector.</summary>
    [GraphField(3)]
    public bool CombineOutputs { get; init; }
}
