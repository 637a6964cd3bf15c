using Ovms.Configuration.Graphs;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>Which packets stay. Source: the original's PacketThinnerCalculatorOptions.</summary>
[GraphMessage("mediapipe.PacketThinnerCalculatorOptions")]
internal sealed partial record PacketThinnerOptions
{
    /// <summary>How packets are chosen.</summary>
    [GraphField(1)]
    public ThinnerType ThinnerType { get; init; } = ThinnerType.Async;

    /// <summary>Least distance of two packets in units of time, 1 and up.</summary>
    [GraphField(2)]
    public long Period { get; init; } = 1;

    /// <summary>Packets before this time are dropped.</summary>
    [GraphField(3)]
    public long? StartTime { get; init; }

    /// <summary>Packets from this time on are dropped.</summary>
    [GraphField(4)]
    public long? EndTime { get; init; }

    /// <summary>With SYNC, whether packets get the times of the grid.</summary>
    [GraphField(5)]
    public bool SyncOutputTimestamps { get; init; } = true;

    /// <summary>Accepted without effect: streams have no headers here.</summary>
    [GraphField(6)]
    public bool UpdateFrameRate { get; init; }
}
