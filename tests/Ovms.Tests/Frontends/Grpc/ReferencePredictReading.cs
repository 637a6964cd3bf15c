using System.Buffers.Binary;
using Google.Protobuf;
using Ovms.Frontends.Grpc.Protos.TensorFlow;
using Ovms.Frontends.Grpc.Protos.TensorFlowServing;
using Ovms.Inference.Messages;

namespace Ovms.Tests.Frontends.Grpc;

/// <summary>Parses a PredictRequest with Google's own parser and describes it as text, for comparison with ours.</summary>
internal static class ReferencePredictReading
{
    // Types with their fields and the values' bytes; the conversions throw where a value does not fit.
    private static readonly Dictionary<DataType, (string Name, int Field, bool Repeats, Func<TensorProto, IEnumerable<byte[]>> Values)> s_types = new()
    {
        [DataType.DtFloat] = ("FP32", 5, true, static t => t.FloatVal.Select(BitConverter.GetBytes)),
        [DataType.DtDouble] = ("FP64", 6, true, static t => t.DoubleVal.Select(BitConverter.GetBytes)),
        [DataType.DtInt32] = ("INT32", 7, true, static t => t.IntVal.Select(BitConverter.GetBytes)),
        [DataType.DtUint8] = ("UINT8", 7, true, static t => t.IntVal.Select(static v => new[] { checked((byte)v) })),
        [DataType.DtInt16] = ("INT16", 7, true, static t => t.IntVal.Select(static v => BitConverter.GetBytes(checked((short)v)))),
        [DataType.DtInt8] = ("INT8", 7, true, static t => t.IntVal.Select(static v => new[] { (byte)checked((sbyte)v) })),
        [DataType.DtUint16] = ("UINT16", 7, false, static t => t.IntVal.Select(static v => BitConverter.GetBytes(checked((ushort)v)))),
        [DataType.DtString] = ("BYTES", 8, false, static t => t.StringVal.Select(Packed)),
        [DataType.DtInt64] = ("INT64", 10, true, static t => t.Int64Val.Select(BitConverter.GetBytes)),
        [DataType.DtBool] = ("BOOL", 11, true, static t => t.BoolVal.Select(static v => new[] { v ? (byte)1 : (byte)0 })),
        [DataType.DtHalf] = ("FP16", 13, false, static t => t.HalfVal.Select(static v => BitConverter.GetBytes(checked((ushort)v)))),
        [DataType.DtBfloat16] = ("BF16", 13, true, static t => t.HalfVal.Select(static v => BitConverter.GetBytes(checked((ushort)v)))),
        [DataType.DtUint32] = ("UINT32", 16, true, static t => t.Uint32Val.Select(BitConverter.GetBytes)),
        [DataType.DtUint64] = ("UINT64", 17, true, static t => t.Uint64Val.Select(BitConverter.GetBytes)),
    };

    /// <summary>Describes the bytes; null where they are no request, or one that is rejected.</summary>
    public static string? Of(byte[] message)
    {
        try
        {
            PredictRequest request = PredictRequest.Parser.ParseFrom(message);
            return request.ModelSpec is { VersionChoiceCase: not ModelSpec.VersionChoiceOneofCase.VersionLabel } model
                ? Lines(model.Name, model.Version is { } version ? $"{version}" : "", request.OutputFilter, request.Inputs.Select(static pair => Line(pair.Key, pair.Value)))
                : null;
        }
        catch (Exception refused) when (refused is InvalidProtocolBufferException or OverflowException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Describes a request that our reader parsed.</summary>
    public static string Of(InferMessage message) => Lines(
        message.ModelName,
        message.ModelVersion,
        message.Outputs.Select(static output => output.Name),
        message.Inputs.Select(static input => Line(input.Name, input.Datatype, input.Shape, input.Source == ContentSource.Values ? input.ValueCount : -1, input.Content is null ? [] : input.Content.Bytes.ToArray())));

    private static string Line(string name, TensorProto? tensor)
    {
        tensor ??= new TensorProto();
        long[] shape = [.. (tensor.TensorShape ?? new TensorShapeProto()).Dim.Select(static dim => dim.Size)];
        if (!s_types.TryGetValue(tensor.Dtype, out (string Name, int Field, bool Repeats, Func<TensorProto, IEnumerable<byte[]>> Values) type))
        {
            string unknown = TensorflowReflection.Descriptor.EnumTypes[0].FindValueByNumber((int)tensor.Dtype)?.Name ?? $"DataType {(int)tensor.Dtype}";
            return Line(name, unknown, shape, -1, []);
        }

        byte[][] values = [.. type.Values(tensor)];
        int[] used = [.. Used(tensor).Where(static field => field.Count > 0).Select(static field => field.Number)];
        if (used.Any(field => field != type.Field) || (tensor.TensorContent.Length > 0 && (values.Length > 0 || type.Field == 8)))
        {
            throw new FormatException("Refused.");
        }

        if (tensor.TensorContent.Length > 0)
        {
            return Line(name, type.Name, shape, -1, tensor.TensorContent.ToByteArray());
        }

        if (values.Length == 0)
        {
            return Line(name, type.Name, shape, type.Repeats ? -1 : 0, []);
        }

        long wanted = shape.Any(static size => size is < 0 or > 1000) ? 0 : shape.Aggregate(1L, static (count, size) => count * size);
        IEnumerable<byte[]> filled = type.Repeats ? values.Concat(Enumerable.Repeat(values[^1], (int)Math.Max(0, wanted - values.Length))) : values;
        byte[][] all = [.. filled];
        return Line(name, type.Name, shape, all.Length, [.. all.SelectMany(static value => value)]);
    }

    private static (int Number, int Count)[] Used(TensorProto tensor) =>
    [
        (5, tensor.FloatVal.Count), (6, tensor.DoubleVal.Count), (7, tensor.IntVal.Count), (8, tensor.StringVal.Count), (9, tensor.ScomplexVal.Count), (10, tensor.Int64Val.Count),
        (11, tensor.BoolVal.Count), (12, tensor.DcomplexVal.Count), (13, tensor.HalfVal.Count), (16, tensor.Uint32Val.Count), (17, tensor.Uint64Val.Count), (18, tensor.Float8Val.Length),
    ];

    private static string Lines(string name, string version, IEnumerable<string> outputs, IEnumerable<string> inputs) => $"{name}|{version}|{string.Join(',', outputs)}\n{string.Join('\n', inputs)}";

    private static string Line(string name, string datatype, long[] shape, long values, byte[] content) => $"{name}|{datatype}|{string.Join(',', shape)}|{values}|{Convert.ToHexString(content)}";

    private static byte[] Packed(ByteString element)
    {
        byte[] bytes = new byte[sizeof(uint) + element.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)element.Length);
        element.Span.CopyTo(bytes.AsSpan(sizeof(uint)));
        return bytes;
    }
}
