using System.Buffers.Binary;
using Google.Protobuf;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Inference.Messages;

namespace Ovms.Tests.Frontends.Grpc;

/// <summary>Parses a request with Google's own parser and describes it as text, for comparison with ours.</summary>
internal static class ReferenceReading
{
    /// <summary>Describes the bytes; null where they are no request.</summary>
    public static string? Of(byte[] message)
    {
        try
        {
            return Tell(ModelInferRequest.Parser.ParseFrom(message));
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    /// <summary>Describes a request that our reader parsed.</summary>
    public static string Of(InferMessage message) =>
        Lines(
            message.ModelName,
            message.ModelVersion,
            message.Id ?? "",
            message.Outputs.Select(static output => output.Name),
            message.RawContentCount,
            message.Inputs.Select(input => Line(
                input.Name, input.Datatype, input.Shape, message.RawContentCount > 0 ? input.HasTypedBesideRaw : input.Source == ContentSource.Values, input.ValueCount, input.Content is null ? null : input.Content.Bytes.ToArray())));

    private static string? Tell(ModelInferRequest request)
    {
        bool isRaw = request.RawInputContents.Count > 0;
        bool isMatched = request.RawInputContents.Count == request.Inputs.Count;
        List<string> inputs = [];
        for (int i = 0; i < request.Inputs.Count; i++)
        {
            ModelInferRequest.Types.InferInputTensor input = request.Inputs[i];
            long count = 0;
            byte[]? content = isRaw && isMatched ? request.RawInputContents[i].ToByteArray() : null;
            if (!isRaw && input.Contents is not null && !TryConvert(input.Datatype, input.Contents, out content, out count))
            {
                return null;
            }

            bool isTyped = isRaw ? input.Contents?.CalculateSize() > 0 : input.Contents is not null;
            inputs.Add(Line(input.Name, input.Datatype, [.. input.Shape], isTyped, count, content));
        }

        return Lines(request.ModelName, request.ModelVersion, request.Id, request.Outputs.Select(static output => output.Name), request.RawInputContents.Count, inputs);
    }

    private static string Lines(string name, string version, string id, IEnumerable<string> outputs, int raw, IEnumerable<string> inputs) =>
        $"{name}|{version}|{id}|{string.Join(',', outputs)}|{raw}\n{string.Join('\n', inputs)}";

    private static string Line(string name, string datatype, long[] shape, bool typed, long count, byte[]? content) =>
        $"{name}|{datatype}|{string.Join(',', shape)}|{typed}|{count}|{(content is null ? "-" : Convert.ToHexString(content))}";

    // False where a value does not fit the datatype or is in another datatype's field: our reader rejects those.
    private static bool TryConvert(string datatype, InferTensorContents contents, out byte[]? bytes, out long count)
    {
        IEnumerable<byte[]>? elements = datatype switch
        {
            "BOOL" => contents.BoolContents.Select(static value => new[] { value ? (byte)1 : (byte)0 }),
            "INT8" => Fitting(contents.IntContents, sbyte.MinValue, sbyte.MaxValue, static value => [(byte)value]),
            "INT16" => Fitting(contents.IntContents, short.MinValue, short.MaxValue, static value => BitConverter.GetBytes((short)value)),
            "INT32" => contents.IntContents.Select(BitConverter.GetBytes),
            "INT64" => contents.Int64Contents.Select(BitConverter.GetBytes),
            "UINT8" => Fitting(contents.UintContents, 0u, byte.MaxValue, static value => [(byte)value]),
            "UINT16" => Fitting(contents.UintContents, 0u, ushort.MaxValue, static value => BitConverter.GetBytes((ushort)value)),
            "UINT32" => contents.UintContents.Select(BitConverter.GetBytes),
            "UINT64" => contents.Uint64Contents.Select(BitConverter.GetBytes),
            "FP32" => contents.Fp32Contents.Select(BitConverter.GetBytes),
            "FP64" => contents.Fp64Contents.Select(BitConverter.GetBytes),
            "BYTES" => contents.BytesContents.Select(Packed),
            _ => [],
        };
        bool isKnown = RandomRequests.IsDatatype(datatype);
        int values = contents.BoolContents.Count + contents.IntContents.Count + contents.Int64Contents.Count + contents.UintContents.Count
            + contents.Uint64Contents.Count + contents.Fp32Contents.Count + contents.Fp64Contents.Count + contents.BytesContents.Count;
        bytes = elements?.SelectMany(static element => element).ToArray();
        count = isKnown ? elements?.Count() ?? 0 : 0;
        return elements is not null && (!isKnown || values == count);
    }

    private static IEnumerable<byte[]>? Fitting<T>(IEnumerable<T> values, T least, T most, Func<T, byte[]> bytes)
        where T : IComparable<T> => values.All(value => value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0) ? values.Select(bytes) : null;

    private static byte[] Packed(ByteString element)
    {
        byte[] bytes = new byte[sizeof(uint) + element.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)element.Length);
        element.Span.CopyTo(bytes.AsSpan(sizeof(uint)));
        return bytes;
    }
}
