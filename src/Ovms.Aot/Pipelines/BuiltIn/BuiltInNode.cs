using System.Collections.Immutable;
using Ovms.Pipelines.Libraries;
using Ovms.Pipelines.Tensors;

namespace Ovms.Pipelines.BuiltIn;

/// <summary>A node that the server computes itself. Calls may run concurrently.</summary>
internal abstract class BuiltInNode
{
    /// <summary>What it takes.</summary>
    public abstract ImmutableArray<NodePort> Inputs { get; }

    /// <summary>What it gives.</summary>
    public abstract ImmutableArray<NodePort> Outputs { get; }

    /// <summary>Computes.</summary>
    /// <param name="inputs">The inputs by name: all of them, with the types of <see cref="Inputs"/> and shapes that fit.</param>
    /// <param name="outputs">Receives all outputs by name, held for the caller.</param>
    /// <param name="cancellation">The caller's deadline or disconnect.</param>
    /// <exception cref="Status.OvmsException">The inputs cannot be computed.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public abstract void Compute(
        IReadOnlyDictionary<string, NodeTensor> inputs, IDictionary<string, NodeTensor> outputs, CancellationToken cancellation);
}
