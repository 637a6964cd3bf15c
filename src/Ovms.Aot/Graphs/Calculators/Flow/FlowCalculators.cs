using Ovms.Graphs.Packets;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>The calculators of this folder: flow control, side packets, and vectors of tensors.</summary>
internal static class FlowCalculators
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<CalculatorEntry> All { get; } =
    [
        new("PassThroughCalculator", PassThrough.Bind),
        new("MergeCalculator", Merge.Bind),
        new("MuxCalculator", Mux.Bind),
        new("ImmediateMuxCalculator", ImmediateMux.Bind),
        new("RoundRobinDemuxCalculator", RoundRobinDemux.Bind),
        new("GateCalculator", Gate.Bind, GateOptions.MessageName, GateOptions.Read),
        new("PacketClonerCalculator", PacketCloner.Bind, PacketClonerOptions.MessageName, PacketClonerOptions.Read),
        new("PacketInnerJoinCalculator", PacketInnerJoin.Bind),
        new("PacketPresenceCalculator", PacketPresence.Bind),
        new("PreviousLoopbackCalculator", PreviousLoopback.Bind),
        new("FlowLimiterCalculator", FlowLimiter.Bind, FlowLimiterOptions.MessageName, FlowLimiterOptions.Read),
        new("PacketThinnerCalculator", PacketThinner.Bind, PacketThinnerOptions.MessageName, PacketThinnerOptions.Read),
        new("PacketResamplerCalculator", PacketResampler.Bind, PacketResamplerOptions.MessageName, PacketResamplerOptions.Read),
        new("SequenceShiftCalculator", SequenceShift.Bind, SequenceShiftOptions.MessageName, SequenceShiftOptions.Read),
        new("ConstantSidePacketCalculator", ConstantSidePacket.Bind, ConstantSideOptions.MessageName, ConstantSideOptions.Read),
        new("DefaultSidePacketCalculator", DefaultSidePacket.Bind),
        new("SidePacketToStreamCalculator", SidePacketToStream.Bind),
        new("StreamToSidePacketCalculator", StreamToSidePacket.Bind),
        new("MakePairCalculator", MakePair.Bind),
        new("BeginLoopTensorCalculator", BeginLoop.Bind),
        new("EndLoopTensorCalculator", EndLoop.Bind),
        new("GetTensorVectorItemCalculator", GetVectorItem.Bind, GetVectorItemOptions.MessageName, GetVectorItemOptions.Read),
        new("SplitTensorVectorCalculator", SplitVector.Bind, SplitVectorOptions.MessageName, SplitVectorOptions.Read),
        new(
            "ConcatenateTensorVectorCalculator",
            ConcatenateVector.Bind,
            ConcatenateVectorOptions.MessageName,
            ConcatenateVectorOptions.Read),
        new("TensorVectorSizeCalculator", VectorSize.Bind),
        new("ClipTensorVectorSizeCalculator", ClipVectorSize.Bind, ClipVectorSizeOptions.MessageName, ClipVectorSizeOptions.Read),
        new("StringToIntCalculator", static (finder, _) => StringToNumber.Bind(finder, PacketKind.Int32)),
        new("StringToInt32Calculator", static (finder, _) => StringToNumber.Bind(finder, PacketKind.Int32)),
        new("StringToUintCalculator", static (finder, _) => StringToNumber.Bind(finder, PacketKind.UInt32)),
        new("StringToUint32Calculator", static (finder, _) => StringToNumber.Bind(finder, PacketKind.UInt32)),
        new("StringToInt64Calculator", static (finder, _) => StringToNumber.Bind(finder, PacketKind.Int64)),
        new("StringToUint64Calculator", static (finder, _) => StringToNumber.Bind(finder, PacketKind.UInt64)),
    ];

    /// <summary>
    /// Why a calculator of the original that works on vectors of other things than tensors is not here; null if the name is none of these.
    /// </summary>
    /// <param name="name">The calculator's name.</param>
    public static string? WhyNotServed(string name)
    {
        bool isOfVectors = name.StartsWith("BeginLoop", StringComparison.Ordinal) || name.StartsWith("EndLoop", StringComparison.Ordinal)
            || (name.StartsWith("Split", StringComparison.Ordinal) && name.EndsWith("VectorCalculator", StringComparison.Ordinal))
            || (name.StartsWith("Concatenate", StringComparison.Ordinal) && name.EndsWith("VectorCalculator", StringComparison.Ordinal))
            || name.EndsWith("VectorItemCalculator", StringComparison.Ordinal) || name.Contains("VectorSize", StringComparison.Ordinal);
        return isOfVectors ? "vectors are supported for tensors alone: BeginLoopTensorCalculator, EndLoopTensorCalculator, "
            + "GetTensorVectorItemCalculator, SplitTensorVectorCalculator, ConcatenateTensorVectorCalculator, "
            + "TensorVectorSizeCalculator, ClipTensorVectorSizeCalculator" : null;
    }
}
