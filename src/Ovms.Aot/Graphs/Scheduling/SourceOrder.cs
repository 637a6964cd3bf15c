using Ovms.Graphs.Packets;

namespace Ovms.Graphs.Scheduling;

/// <summary>The order in which nodes without inputs run: layer by layer, and within a layer by the time of their next packet.</summary>
/// <param name="sources">The nodes.</param>
/// <param name="throttle">Says which of them are held back.</param>
internal sealed class SourceOrder(NodeState[] sources, Throttle throttle)
{
    /// <summary>The source to run next; null if all are held back, run already or have ended.</summary>
    public NodeState? Next()
    {
        int layer = int.MaxValue;
        foreach (NodeState source in sources)
        {
            layer = source.Phase == NodePhase.Closed ? layer : Math.Min(layer, source.Plan.Definition.SourceLayer);
        }

        NodeState? first = null;
        Timestamp earliest = Timestamp.Done;
        foreach (NodeState source in sources)
        {
            bool canRun = source.Phase == NodePhase.Open && source.InFlight == 0 && !source.IsStopping && !throttle.Holds(source.Plan.Root);
            if (canRun && source.Plan.Definition.SourceLayer == layer && (first is null || source.NextOutput < earliest))
            {
                first = source;
                earliest = source.NextOutput;
            }
        }

        return first;
    }
}
