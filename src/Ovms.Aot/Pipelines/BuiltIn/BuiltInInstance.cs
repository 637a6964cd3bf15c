using System.Collections.Immutable;
using Ovms.Pipelines.Libraries;
using Ovms.Pipelines.Tensors;
using Ovms.Status;

namespace Ovms.Pipelines.BuiltIn;

/// <summary>A built-in node as one node of a pipeline uses it.</summary>
/// <param name="library">Its library.</param>
/// <param name="node">The node.</param>
internal sealed class BuiltInInstance(NodeLibrary library, BuiltInNode node) : NodeInstance(library)
{
    /// <inheritdoc/>
    public override Outcome<ImmutableArray<NodePort>> GetInputs() => node.Inputs;

    /// <inheritdoc/>
    public override Outcome<ImmutableArray<NodePort>> GetOutputs() => node.Outputs;

    /// <inheritdoc/>
    public override Outcome<NodeTensor[]> Execute(
        IReadOnlyList<NamedTensor> inputs, IReadOnlyList<string> wanted, CancellationToken cancellation)
    {
        Dictionary<string, NodeTensor> outputs = new(StringComparer.Ordinal);
        try
        {
            node.Compute(inputs.ToDictionary(static input => input.Name, static input => input.Tensor), outputs, cancellation);
            return wanted.Select(name =>
            {
                outputs[name].Memory!.Hold();
                return outputs[name];
            }).ToArray();
        }
        catch (OperationCanceledException)
        {
            return Outcome.Fail(StatusCode.Cancelled);
        }
        catch (OvmsException refused)
        {
            return refused.Outcome;
        }
        finally
        {
            foreach (NodeTensor output in outputs.Values)
            {
                output.Memory!.Release();
            }
        }
    }

    /// <inheritdoc/>
    protected override void End()
    {
        // It has nothing but managed memory.
    }
}
