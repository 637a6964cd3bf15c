using Ovms.Status;

namespace Ovms.Graphs.Scheduling;

/// <summary>
/// What happens when inputs or sources are held back although nothing runs that could empty the queues: the full queues grow by one packet
/// each, or the run fails.
/// </summary>
/// <param name="plan">The plan.</param>
/// <param name="nodes">The nodes of the running graph.</param>
/// <param name="throttle">Says what is held back.</param>
internal sealed class DeadlockRule(GraphPlan plan, NodeState[] nodes, Throttle throttle)
{
    /// <summary>Whether the graph is stuck; asked when no node runs or can run.</summary>
    /// <param name="callerWaits">Whether a caller waits at an input.</param>
    public bool Applies(bool callerWaits)
    {
        foreach (NodeState node in nodes)
        {
            callerWaits |= node.Plan.IsSource && node.Phase == NodePhase.Open && throttle.Holds(node.Plan.Root);
        }

        return callerWaits;
    }

    /// <summary>Makes room, or says why there is none.</summary>
    public Outcome Resolve()
    {
        NodeState? full = null;
        bool grew = false;
        foreach (NodeState node in nodes)
        {
            foreach (InputQueue queue in node.Inputs)
            {
                if (queue.IsFull)
                {
                    full = node;
                    if (!plan.ReportDeadlock && queue.Count < GraphLimits.QueuedPackets && throttle.Bytes <= GraphLimits.QueuedBytes)
                    {
                        queue.RaiseLimit();
                        grew = true;
                    }
                }
            }
        }

        if (grew)
        {
            return Outcome.Ok;
        }

        string what = full is null || throttle.Bytes > GraphLimits.QueuedBytes
            ? $"packets of {throttle.Bytes} bytes wait, the limit is {GraphLimits.QueuedBytes}"
            : $"the queue of {full.Plan.Shown} is full";
        return Outcome.Fail(
            plan.ReportDeadlock ? StatusCode.GraphExecutionError : StatusCode.GraphQueueFull,
            $"{what}, and no node can run until other packets come; raise max_queue_size or send the inputs of a time together");
    }
}
