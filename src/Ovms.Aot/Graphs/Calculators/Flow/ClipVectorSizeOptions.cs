using Ovms.Configuration.Graphs;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>The most items of a vector. Source: the original's ClipVectorSizeCalculatorOptions.</summary>
[GraphMessage("mediapipe.ClipVectorSizeCalculatorOptions")]
internal sealed partial record ClipVectorSizeOptions
{
    /// <summary>Number of items that are handed on, 1 and up, unless a side packet gives it.</summary>
    [GraphField(1)]
    public int MaxVecSize { get; init; } = 1;
}
