using Ovms.Graphs.Packets;

namespace Ovms.Graphs.Scheduling;

/// <summary>The default policy on the newest packets only: older ones are dropped while the node is busy.</summary>
/// <param name="inputs">Number of inputs.</param>
/// <param name="policy">The sizes.</param>
/// <param name="processesBounds">As in <see cref="GroupRule"/>.</param>
internal sealed class FixedSizeRule(int inputs, InputPolicy policy, bool processesBounds)
    : GroupRule([[.. Enumerable.Range(0, inputs)]], processesBounds)
{
    /// <inheritdoc/>
    public override bool SeesArrivals => true;

    /// <inheritdoc/>
    public override void OnArrival(NodeState node)
    {
        Timestamp keptFrom = policy.FixedMinSize ? AfterAllSurplus(node) : AfterAnySurplus(node);
        node.KeptFrom = Timestamp.Greatest(node.KeptFrom, keptFrom);
        foreach (InputQueue queue in node.Inputs)
        {
            queue.DropBefore(node.KeptFrom);
        }
    }

    // Drops only when every stream has reached the trigger, and then what is older than the oldest of the newest.
    private Timestamp AfterAllSurplus(NodeState node)
    {
        Timestamp keptFrom = Timestamp.Max;
        foreach (InputQueue queue in node.Inputs)
        {
            if (queue.Count < policy.TriggerQueueSize)
            {
                return Timestamp.Unset;
            }

            keptFrom = Timestamp.Least(keptFrom, queue.TimeFromEnd(Math.Min(policy.TargetQueueSize, queue.Count) - 1));
        }

        return keptFrom;
    }

    // Drops as soon as one stream has reached the trigger. The times that it drops are dropped on all streams.
    private Timestamp AfterAnySurplus(NodeState node)
    {
        Timestamp keptFrom = Timestamp.Unset;
        foreach (InputQueue queue in node.Inputs)
        {
            if (queue.Count >= policy.TriggerQueueSize && queue.Count > policy.TargetQueueSize)
            {
                keptFrom = Timestamp.Greatest(keptFrom, queue.TimeFromEnd(policy.TargetQueueSize - 1));
            }
        }

        return keptFrom;
    }
}
