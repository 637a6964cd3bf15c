using Ovms.Pipelines.Definitions;
using Ovms.Pipelines.Tensors;
using Ovms.Status;

namespace Ovms.Pipelines.Execution;

/// <summary>
/// The sessions of all nodes in one call: which are computed, which can be, and their outputs. Not thread-safe: used within the lock of the
/// call. Memory is freed outside of it, by the caller, because that may run code of a library.
/// </summary>
internal sealed class SessionTable
{
    private readonly PipelinePlan _plan;
    private readonly NodeSessions[] _states;
    private List<NodeTensor[]> _unused = [];
    private int _nodesLeft;
    private long _bytes;

    /// <summary>Begins a call.</summary>
    public SessionTable(PipelinePlan plan)
    {
        _plan = plan;
        _states = Array.ConvertAll(plan.Nodes.ToArray(), static node => new NodeSessions { ConsumersLeft = node.Consumers.Length });
        _nodesLeft = plan.Response;
        BeginNodes(level: PlannedNode.Nothing, parts: 0);
    }

    /// <summary>The nodes, by index.</summary>
    public NodeSessions[] States => _states;

    /// <summary>Whether all sessions are computed.</summary>
    public bool AreDone => _nodesLeft == 0;

    /// <summary>Takes over the outputs of a session, splits them, and hands them to the sessions that need them.</summary>
    /// <param name="index">The node.</param>
    /// <param name="session">The session.</param>
    /// <param name="outputs">Its outputs; held by this object from here on.</param>
    /// <param name="fed">Receives the nodes that have new sessions to compute.</param>
    /// <returns>Ok, or why the outputs cannot be used.</returns>
    public Outcome Complete(int index, int session, NodeTensor[] outputs, List<int> fed)
    {
        PlannedNode node = _plan.Nodes[index];
        NodeSessions state = _states[index];
        state.Outputs[session] = outputs;
        state.Done++;
        Outcome step = Count(outputs);
        step = step.IsOk && node.Demultiply is { } count ? Split(index, outputs, count) : step;
        if (!step.IsOk)
        {
            return step;
        }

        foreach (int consumer in node.Consumers)
        {
            if (consumer != _plan.Response && Feed(consumer, index, session))
            {
                fed.Add(consumer);
            }
        }

        if (state.Done == state.Sessions)
        {
            EndNode(index);
        }

        return Outcome.Ok;
    }

    /// <summary>Returns the outputs that nobody needs any more since the last time; the caller frees them, outside of the lock.</summary>
    public List<NodeTensor[]> TakeUnused()
    {
        List<NodeTensor[]> unused = _unused;
        _unused = [];
        return unused;
    }

    /// <summary>The same for all outputs, at the end of the call.</summary>
    public List<NodeTensor[]> TakeAll()
    {
        for (int i = 0; i < _states.Length; i++)
        {
            DropOutputs(i);
        }

        return TakeUnused();
    }

    /// <summary>Gives back the memory of tensors, unless somebody else holds it.</summary>
    public static void Free(NodeTensor[] tensors) => Array.ForEach(tensors, static tensor => tensor.Memory?.Release());

    // Nodes whose number of sessions is known: at first those below fixed counts, then those below a demultiplexer that has run.
    private void BeginNodes(int level, int parts)
    {
        for (int i = 0; i < _plan.Response; i++)
        {
            PlannedNode node = _plan.Nodes[i];
            if (_states[i].Sessions >= 0 || (level != PlannedNode.Nothing && !node.Levels.Contains(level)))
            {
                continue;
            }

            int sessions = 1;
            foreach (int outer in node.Levels)
            {
                sessions *= outer == level ? parts : _plan.Nodes[outer].Demultiply!.Value;
            }

            if (sessions >= 0)
            {
                _states[i].Begin(sessions, node.SourceNodes.Length);
                if (sessions == 0)
                {
                    EndNode(i);
                }
            }
        }
    }

    private Outcome Count(NodeTensor[] outputs)
    {
        foreach (NodeTensor output in outputs)
        {
            _bytes += output.Memory is null ? 0 : output.Bytes;
        }

        return _bytes <= PipelineLimits.MostBytes
            ? Outcome.Ok
            : Outcome.Fail(
                StatusCode.PipelineTooLarge, $"The call's tensors have {_bytes} bytes; at most {PipelineLimits.MostBytes} may be.");
    }

    private Outcome Split(int index, NodeTensor[] outputs, int count)
    {
        Outcome<int> parts = Gathering.CountParts(outputs, count);
        if (!parts.IsOk)
        {
            // The request's tensors are the caller's.
            return index == 0 ? Outcome.Fail(StatusCode.InvalidBatchSize, parts.Detail) : parts.WithoutValue;
        }

        _states[index].Parts = parts.Value;
        if (parts.Value == 0 && (!_plan.EmptyResult || _plan.Nodes.Any(node => node.Gathers == index)))
        {
            return Outcome.Fail(
                StatusCode.PipelineNoResults, "there are 0 parts; empty_result_on_no_detections of the pipeline asks for empty outputs");
        }

        if (count < 0)
        {
            BeginNodes(index, parts.Value);
        }

        return Outcome.Ok;
    }

    // Whether a session of the consumer can be computed now.
    private bool Feed(int consumer, int source, int session)
    {
        NodeSessions state = _states[consumer];
        int gathers = _plan.Nodes[consumer].Gathers;
        if (gathers != PlannedNode.Nothing && gathers != source)
        {
            int parts = _states[gathers].Parts;
            return state.FeedPart(source, session / parts, parts);
        }

        if (gathers == source || _plan.Nodes[source].Demultiply is null)
        {
            return state.Feed(session);
        }

        bool any = false;
        int count = _states[source].Parts;
        for (int part = 0; part < count; part++)
        {
            any |= state.Feed((session * count) + part);
        }

        return any;
    }

    private void EndNode(int index)
    {
        _nodesLeft--;
        foreach (int source in _plan.Nodes[index].SourceNodes)
        {
            if (--_states[source].ConsumersLeft == 0)
            {
                DropOutputs(source);
            }
        }
    }

    private void DropOutputs(int index)
    {
        NodeTensor[]?[] all = _states[index].Outputs;
        for (int i = 0; i < all.Length; i++)
        {
            if (all[i] is { } outputs)
            {
                _bytes -= outputs.Sum(static tensor => tensor.Memory is null ? 0 : tensor.Bytes);
                _unused.Add(outputs);
                all[i] = null;
            }
        }
    }
}
