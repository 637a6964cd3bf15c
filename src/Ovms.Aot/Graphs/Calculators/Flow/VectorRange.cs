using Ovms.Configuration.Graphs;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>A part of a vector. Source: the original's Range.</summary>
[GraphMessage("mediapipe.Range")]
internal sealed partial record VectorRange
{
    /// <summary>Its first item, 0 and up.</summary>
    [GraphField(1)]
    public int Begin { get; init; }

    /// <summary>The item behind its last one.</summary>
    [GraphField(2)]
    public int End { get; init; }
}
