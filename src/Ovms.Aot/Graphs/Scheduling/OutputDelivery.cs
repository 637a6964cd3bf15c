using Ovms.Graphs.Packets;
using Ovms.Status;

namespace Ovms.Graphs.Scheduling;

/// <summary>Brings what a run of a node has written to the readers. Guarded by the instance's lock.</summary>
/// <param name="plan">The plan.</param>
/// <param name="router">Knows the readers.</param>
internal sealed class OutputDelivery(GraphPlan plan, StreamRouter router)
{
    /// <summary>Sends the packets of a run and raises the bounds. The first packet with a wrong time is the failure.</summary>
    public Outcome Deliver(NodeState node, CalculatorContext context)
    {
        for (int i = 0; i < context.Emitted.Count; i++)
        {
            EmittedPacket emitted = context.Emitted[i];
            context.Emitted[i] = default;
            Outcome sent = Send(node, emitted.Output, emitted.Packet);
            if (!sent.IsOk)
            {
                return sent;
            }
        }

        for (int i = 0; i < node.OutputBounds.Length; i++)
        {
            router.Raise(node, i, context.BoundOf(i));
        }

        // Where runs do not come in the order of time, a later run may still write at an earlier time.
        bool runsInOrder = node.Plan.Rule.Groups == 1 && !node.Plan.IsSource;
        if (context.Kind == RunKind.Process && runsInOrder && node.Plan.Contract.TimestampOffset is long offset)
        {
            router.RaiseAll(node, context.Time.NextAllowed.Moved(offset));
        }

        node.IsStopping |= context.IsStopping;
        return Outcome.Ok;
    }

    private Outcome Send(NodeState node, int output, Packet packet)
    {
        Timestamp bound = node.OutputBounds[output];
        if (!packet.Time.IsAllowedInStream || packet.Time < bound)
        {
            packet.Release();
            string expected = bound >= Timestamp.OneOverPostStream ? "none any more" : $"{bound} or later";
            return Outcome.Fail(
                StatusCode.GraphExecutionError, $"a packet at {Place(node, output)} has the timestamp {packet.Time}; expected: {expected}");
        }

        node.OutputBounds[output] = packet.Time.NextAllowed;
        return router.Send(node.Plan.Outputs[output], packet)
            ? Outcome.Ok
            : Outcome.Fail(
                StatusCode.GraphQueueFull,
                $"more than {GraphLimits.QueuedPackets} packets wait behind {Place(node, output)}; their readers do not keep up");
    }

    private string Place(NodeState node, int output) =>
        $"output {node.Plan.Contract.Ports.Outputs[output]} (stream \"{plan.Streams[node.Plan.Outputs[output]].Name}\")";
}
