using Ovms.Graphs.Calculators.OpenVino;
using Ovms.Graphs.Calculators.Python;
using Ovms.Graphs.Definitions;
using Ovms.Graphs.Packets;
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

    /// <summary>Makes an input of the request a packet's value.</summary>
    /// <param name="kind">What the stream carries: tensors.</param>
    /// <param name="input">The input, which the edge's check let pass.</param>
    /// <param name="owner">Has its memory, of which the packet takes a reference; null if that outlives the graph's run.</param>
    public static TensorPacket ToPacket(EdgeKind kind, InputTensor input, SharedValue? owner)
    {
        TensorInfo? info = kind == EdgeKind.Python ? PythonTensors.Describe(input.Datatype, input.Shape, input.Content).Value : null;
        return new TensorPacket(
            info?.StatedDatatype is null ? TensorValue.Of(input) : new TensorValue(null, null, info, input.Content, input.Shape), owner);
    }

    /// <summary>What an input says of itself; bytes if its datatype is unknown.</summary>
    public static TensorInfo InfoOf(string name, InputTensor input)
    {
        ElementType type = (TensorMarshaler.ForDatatype(input.Datatype) ?? TensorMarshaler.For(ElementType.U8)).ElementType;
        return new TensorInfo(0, name, type, PartialShape.Of(input.Shape), "...");
    }
}
