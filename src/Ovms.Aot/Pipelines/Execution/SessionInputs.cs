using System.Diagnostics;
using Ovms.Pipelines.Definitions;
using Ovms.Pipelines.Tensors;

namespace Ovms.Pipelines.Execution;

/// <summary>Finds the inputs of a session among the outputs of other nodes.</summary>
internal static class SessionInputs
{
    /// <summary>Returns the inputs in order, each with a hold of its memory. Called within the lock of the call.</summary>
    public static NodeInput[] Of(PipelinePlan plan, NodeSessions[] states, int index, int session)
    {
        PlannedNode node = plan.Nodes[index];
        NodeInput[] inputs = new NodeInput[node.Sources.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            inputs[i] = Of(plan, states, node, node.Sources[i], session);
        }

        return inputs;
    }

    private static NodeInput Of(PipelinePlan plan, NodeSessions[] states, PlannedNode node, PlanSource source, int session)
    {
        NodeSessions from = states[source.Node];
        if (node.Gathers != PlannedNode.Nothing && node.Gathers != source.Node)
        {
            int count = states[node.Gathers].Parts;
            NodeTensor[] parts = new NodeTensor[count];
            for (int part = 0; part < count; part++)
            {
                parts[part] = Held(from.Outputs[(session * count) + part]![source.Output]);
            }

            return new NodeInput(parts, isGathered: true);
        }

        // The parts of the demultiplexer itself, gathered, are what it gave.
        if (node.Gathers == source.Node || plan.Nodes[source.Node].Demultiply is null)
        {
            return new NodeInput([Held(from.Outputs[session]![source.Output])], isGathered: false);
        }

        Debug.Assert(from.Parts > 0, "A part exists.");
        NodeTensor whole = from.Outputs[session / from.Parts]![source.Output];
        return new NodeInput([Held(whole.Part(session % from.Parts))], isGathered: false);
    }

    private static NodeTensor Held(NodeTensor tensor)
    {
        tensor.Memory?.Hold();
        return tensor;
    }
}
