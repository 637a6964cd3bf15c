using Ovms.Configuration.Graphs;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>The item. Source: the original's GetVectorItemCalculatorOptions.</summary>
[GraphMessage("mediapipe.GetVectorItemCalculatorOptions")]
internal sealed partial record GetVectorItemOptions
{
    /// <summary>Its position, 0 and up, unless INDEX is given.</summary>
    [GraphField(1)]
    public int ItemIndex { get; init; }

    /// <summary>Whether a position beyond the vector writes nothing instead of failing.</summary>
    [GraphField(2)]
    public bool OutputEmptyOnOob { get; init; }
}
