using System.Buffers;
using Ovms.Wire;

namespace Ovms.Tests.Setup;

/// <summary>An ONNX model of one step, from x to y, both FP32 of two open dimensions.</summary>
internal static class TinyOnnx
{
    private const int Float = 1;

    /// <summary>Its file.</summary>
    /// <param name="step">The operator, for example Identity.</param>
    /// <param name="attribute">Name of an attribute that is a whole number; null for none.</param>
    /// <param name="value">The number.</param>
    public static byte[] Of(string step, string? attribute = null, long value = 0)
    {
        byte[] node =
        [
            .. Text(1, "x"), .. Text(2, "y"), .. Text(4, step),
            .. attribute is null ? [] : Message(5, [.. Text(1, attribute), .. Number(3, value), .. Number(20, 2)]),
        ];
        byte[] graph = [.. Message(1, node), .. Text(2, "tiny"), .. Message(11, Port("x")), .. Message(12, Port("y"))];
        return [.. Number(1, 8), .. Message(7, graph), .. Message(8, Number(2, 17))];
    }

    private static byte[] Port(string name)
    {
        byte[] shape = [.. Message(1, Text(2, "N")), .. Message(1, Text(2, "M"))];
        return [.. Text(1, name), .. Message(2, Message(1, [.. Number(1, Float), .. Message(2, shape)]))];
    }

    private static byte[] Text(int field, string text) => Message(field, System.Text.Encoding.ASCII.GetBytes(text));

    private static byte[] Message(int field, byte[] content)
    {
        ArrayBufferWriter<byte> output = new();
        new ProtoWriter(output).WriteHeader(field, content.Length);
        output.Write(content);
        return output.WrittenSpan.ToArray();
    }

    private static byte[] Number(int field, long value)
    {
        ArrayBufferWriter<byte> output = new();
        new ProtoWriter(output).WriteNumber(field, value);
        return output.WrittenSpan.ToArray();
    }
}
