using System.Collections.Immutable;
using Ovms.Configuration.Graphs;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>A vector of strings. Source: the original's ConstantSidePacketCalculatorOptions.StringVector.</summary>
[GraphMessage("mediapipe.ConstantSidePacketCalculatorOptions.StringVector")]
internal sealed partial record ConstantTexts
{
    /// <summary>The strings.</summary>
    [GraphField(1)]
    public ImmutableArray<string> StringValue { get; init; } = [];
}
