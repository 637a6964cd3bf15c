using Ovms.Configuration.Graphs;

namespace Ovms.Graphs.Definitions;

/// <summary>How many packets are kept. Source: the original's FixedSizeInputStreamHandlerOptions.</summary>
[GraphMessage("mediapipe.FixedSizeInputStreamHandlerOptions")]
internal sealed partial record FixedSizeOptions
{
    /// <summary>Packets that wait when older ones are dropped.</summary>
    [GraphField(1)]
    public int TriggerQueueSize { get; init; } = 2;

    /// <summary>The newest packets that are kept.</summary>
    [GraphField(2)]
    public int TargetQueueSize { get; init; } = 1;

    /// <summary>Whether packets are dropped only when all streams have as many as trigger it.</summary>
    [GraphField(3)]
    public bool FixedMinSize { get; init; }
}
