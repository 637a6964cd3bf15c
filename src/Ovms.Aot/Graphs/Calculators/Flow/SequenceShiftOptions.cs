using Ovms.Configuration.Graphs;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>How far packets move. Source: the original's SequenceShiftCalculatorOptions.</summary>
[GraphMessage("mediapipe.SequenceShiftCalculatorOptions")]
internal sealed partial record SequenceShiftOptions
{
    /// <summary>Packets by which values move against times: −1 gives each time the value before.</summary>
    [GraphField(1)]
    public int PacketOffset { get; init; } = -1;

    /// <summary>Whether times that have no value yet are settled at once.</summary>
    [GraphField(2)]
    public bool EmitEmptyPacketsBeforeFirstPacket { get; init; }
}
