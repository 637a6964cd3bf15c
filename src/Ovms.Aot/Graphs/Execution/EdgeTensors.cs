using Ovms.Graphs.Calculators.OpenVino;
using Ovms.Inference.Messages;
using Ovms.Native;
using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;
using Ovms.Tensors;

namespace Ovms.Graphs.Execution;

/// <summary>Tensors at the edge of a graph.</summary>
internal static class EdgeTensors
{
    /// <summary>Makes a tensor an output of the graph.</summary>
    /// <param name="value">The tensor.</param>
    /// <param name="name">The output.</param>
    /// <returns>The output, which the caller disposes; its memory stays the tensor's.</returns>
    public static OutputTensor ToOutput(TensorValue value, string name) =>
        value.ToOutput(value.Info is { } computed ? computed with { Name = name } : InfoOf(name, value.Input!));

    /// <summary>What an input says of itself; bytes if its datatype is unknown.</summary>
    public static TensorInfo InfoOf(string name, InputTensor input)
    {
        ElementType type = (TensorMarshaler.ForDatatype(input.Datatype) ?? TensorMarshaler.For(ElementType.U8)).ElementType;
        return new TensorInfo(0, name, type, PartialShape.Of(input.Shape), "...");
    }
}
