using Ovms.Pipelines.Definitions;
using Ovms.Pipelines.Tensors;
using Ovms.Status;

namespace Ovms.Pipelines.Execution;

/// <summary>Whether a custom node gives what its description says: all behind the node was checked with these types.</summary>
internal static class OutputTypes
{
    /// <summary>Checks the outputs of a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="outputs">Its outputs; freed if one is of another type.</param>
    /// <returns>The outputs, or which one is of another type.</returns>
    public static Outcome<NodeTensor[]> Check(PlannedNode node, NodeTensor[] outputs)
    {
        for (int i = 0; i < outputs.Length; i++)
        {
            if (outputs[i].Type != node.Outputs[i].Type)
            {
                SessionTable.Free(outputs);
                return Outcome.Fail(
                    StatusCode.NodeLibraryOutputsInvalid,
                    $"output {node.Outputs[i].Name}: Invalid precision - Expected: {node.Outputs[i].Type}, as getOutputsInfo says; "
                        + $"Actual: {outputs[i].Type}");
            }
        }

        return outputs;
    }
}
