using System.Buffers.Binary;
using Ovms.Inference.Messages;
using Ovms.Native;
using Ovms.Serving.Signatures;
using Ovms.Tensors;

namespace Ovms.Tests.Inference;

/// <summary>Signatures and messages made by hand.</summary>
internal static class Requests
{
    /// <summary>What a tensor of dummy is: (1,10).</summary>
    public static readonly PartialShape OneByTen = PartialShape.Of(1, 10);

    /// <summary>Any batch of 1 to 512 values.</summary>
    public static readonly PartialShape Bounded = new(Dimension.Dynamic, Dimension.Range(1, 512));

    public static TensorInfo Port(string name, PartialShape shape, ElementType type = ElementType.F32, int index = 0) =>
        new(index, name, type, shape, shape.HasRank && shape.Rank == 0 ? "..." : "N...");

    public static Signature Model(params TensorInfo[] inputs) =>
        new([.. inputs], [Port("a", OneByTen), Port("z", OneByTen, index: 1)]);

    public static InferMessage Message(params InputTensor[] inputs)
    {
        InferMessage message = new();
        message.Inputs.AddRange(inputs);
        return message;
    }

    /// <summary>An input as raw bytes came for it.</summary>
    public static InputTensor Raw(string name, string datatype, long[] shape, int byteLength) =>
        Raw(name, datatype, shape, new byte[byteLength]);

    /// <inheritdoc cref="Raw(string, string, long[], int)"/>
    public static InputTensor Raw(string name, string datatype, long[] shape, byte[] bytes)
    {
        NativeBuffer buffer = new(bytes.Length);
        bytes.CopyTo(buffer.Free);
        buffer.Advance(bytes.Length);
        return new InputTensor { Name = name, Datatype = datatype, Shape = shape, Content = buffer, Source = ContentSource.Raw };
    }

    /// <summary>An input as typed contents or JSON values came for it.</summary>
    public static InputTensor Values(string name, string datatype, long[] shape, int count)
    {
        TensorMarshaler? marshaler = TensorMarshaler.ForDatatype(datatype);
        InputTensor input = Raw(name, datatype, shape, marshaler is { BitWidth: > 0 } ? (int)marshaler.ByteLength(count) : count * sizeof(uint));
        input.Source = ContentSource.Values;
        input.ValueCount = count;
        return input;
    }

    /// <summary>Strings in the packed form.</summary>
    public static byte[] Packed(params string[] texts)
    {
        List<byte> bytes = [];
        foreach (string text in texts)
        {
            byte[] utf8 = System.Text.Encoding.UTF8.GetBytes(text);
            byte[] length = new byte[sizeof(uint)];
            BinaryPrimitives.WriteUInt32LittleEndian(length, (uint)utf8.Length);
            bytes.AddRange(length);
            bytes.AddRange(utf8);
        }

        return [.. bytes];
    }
}
