using Ovms.Graphs.Calculators.OpenVino;
using Ovms.Inference;
using Ovms.Serving.Requests;
using Ovms.Status;

namespace Ovms.Graphs.Execution;

/// <summary>One unary call of a graph. It has the memory of its outputs until it is disposed.</summary>
internal abstract class GraphCallRun : IDisposable, IDetachable
{
    /// <summary>Computes the call. Called once.</summary>
    /// <param name="cancellation">The caller's deadline or disconnect.</param>
    /// <returns>Ok; or the first failure, with the node's name.</returns>
    public abstract ValueTask<Outcome> ComputeAsync(CancellationToken cancellation);

    /// <summary>An output of the graph, after <see cref="ComputeAsync"/>.</summary>
    /// <param name="output">Its index.</param>
    /// <param name="name">Its name.</param>
    /// <returns>A tensor that the caller disposes before the run.</returns>
    public OutputTensor OutputOf(int output, string name) => EdgeTensors.ToOutput(ValueOf(output), name);

    /// <summary>The tensors of the whole response, after <see cref="ComputeAsync"/>; null if each output is a tensor.</summary>
    public virtual IReadOnlyList<(string Name, TensorValue Value)>? Response => null;

    /// <inheritdoc/>
    public abstract bool TryDetach();

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>The tensor of an output.</summary>
    protected abstract TensorValue ValueOf(int output);
}
