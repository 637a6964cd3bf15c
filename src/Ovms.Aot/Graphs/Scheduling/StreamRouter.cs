using Ovms.Graphs.Packets;

namespace Ovms.Graphs.Scheduling;

/// <summary>Brings packets and bounds to the inputs that read a stream. Guarded by the instance's lock.</summary>
/// <param name="plan">The plan.</param>
/// <param name="nodes">The nodes of the running graph.</param>
/// <param name="dirty">Gets the nodes whose inputs change.</param>
internal sealed class StreamRouter(GraphPlan plan, NodeState[] nodes, DirtySet dirty)
{
    /// <summary>Sends a packet to all that read the stream; takes its reference.</summary>
    /// <returns>Whether there was room in all queues (<see cref="GraphLimits.QueuedPackets"/>).</returns>
    public bool Send(int stream, Packet packet)
    {
        PlanConsumer[] consumers = plan.Streams[stream].Consumers;
        bool hasRoom = true;
        foreach (PlanConsumer consumer in consumers)
        {
            NodeState node = nodes[consumer.Node];
            if (node.Phase >= NodePhase.Closing)
            {
                continue;
            }

            InputQueue queue = node.Inputs[consumer.Input];
            queue.Add(packet.Share());
            hasRoom &= queue.Count <= GraphLimits.QueuedPackets;
            if (node.Plan.Rule.SeesArrivals)
            {
                node.Plan.Rule.OnArrival(node);
            }

            dirty.Add(consumer.Node);
        }

        packet.Release();
        return hasRoom;
    }

    /// <summary>Raises the bound of a stream.</summary>
    public void Raise(int stream, Timestamp bound)
    {
        foreach (PlanConsumer consumer in plan.Streams[stream].Consumers)
        {
            if (nodes[consumer.Node].Inputs[consumer.Input].Raise(bound))
            {
                dirty.Add(consumer.Node);
            }
        }
    }

    /// <summary>Raises the bound of a node's output.</summary>
    public void Raise(NodeState node, int output, Timestamp bound)
    {
        if (bound > node.OutputBounds[output])
        {
            node.OutputBounds[output] = bound;
            Raise(node.Plan.Outputs[output], bound);
        }
    }

    /// <summary>Raises the bounds of all outputs of a node.</summary>
    public void RaiseAll(NodeState node, Timestamp bound)
    {
        for (int i = 0; i < node.OutputBounds.Length; i++)
        {
            Raise(node, i, bound);
        }
    }
}
