using System.Collections.Immutable;
using Ovms.Configuration.Graphs;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>Constants. Source: the original's ConstantSidePacketCalculatorOptions.</summary>
[GraphMessage("mediapipe.ConstantSidePacketCalculatorOptions")]
internal sealed partial record ConstantSideOptions
{
    /// <summary>The values, one for each output side packet.</summary>
    [GraphField(1)]
    public ImmutableArray<ConstantValue> Packet { get; init; } = [];
}
