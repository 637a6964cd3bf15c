using Ovms.Graphs.Calculators.OpenVino;
using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Native;
using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;
using Ovms.Status;
using Ovms.Tensors;

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
    public OutputTensor OutputOf(int output, string name)
    {
        TensorValue value = ValueOf(output);
        return value.ToOutput(value.Info is { } computed ? computed with { Name = name } : InfoOf(name, value.Input!));
    }

    /// <inheritdoc/>
    public abstract bool TryDetach();

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>The tensor of an output.</summary>
    protected abstract TensorValue ValueOf(int output);

    private static TensorInfo InfoOf(string name, InputTensor input)
    {
        ElementType type = (TensorMarshaler.ForDatatype(input.Datatype) ?? TensorMarshaler.For(ElementType.U8)).ElementType;
        return new TensorInfo(0, name, type, PartialShape.Of(input.Shape), "...");
    }
}
