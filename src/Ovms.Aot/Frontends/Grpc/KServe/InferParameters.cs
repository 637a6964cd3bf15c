using System.Buffers;
using System.Globalization;
using Ovms.Inference.Messages;
using Ovms.Inference.Sequences;
using Ovms.Serving.Requests;
using Ovms.Wire;

namespace Ovms.Frontends.Grpc.KServe;

/// <summary>
/// The parameters maps of a request. Those that tell a sequence are kept, no other means anything to a model over gRPC, as in the
/// original; what is sent must still be what the protocol says.
/// </summary>
internal static class InferParameters
{
    private const int Key = 1;
    private const int Value = 2;
    private const int BoolParam = 1;
    private const int Int64Param = 2;
    private const int StringParam = 3;
    private const int DoubleParam = 4;
    private const int Uint64Param = 5;

    /// <summary>Checks one entry of an input's or output's map.</summary>
    /// <exception cref="MalformedProtoException">It is not one.</exception>
    public static void Check(ReadOnlySequence<byte> entry) => ReadEntry(entry);

    /// <summary>Reads one entry of the request's own map.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="message">Receives what it says of a sequence.</param>
    /// <exception cref="MalformedProtoException">It is not one.</exception>
    public static void Read(ReadOnlySequence<byte> entry, InferMessage message)
    {
        (string name, ParameterValue value) = ReadEntry(entry);
        if (SequenceParameters.Names.Contains(name))
        {
            (message.SequenceParameters ??= new SequenceParameters()).Set(name, value);
        }
    }

    /// <summary>Bytes of the answer's entry for a sequence's id; 0 for none.</summary>
    public static long MeasureSequence(SequenceId id) => id.IsNone ? 0 : ProtoSize.Field(InferResponseWriter.Parameters, MeasureEntry(id));

    /// <summary>Writes the answer's entry for a sequence's id; nothing for none.</summary>
    public static void WriteSequence(ProtoWriter writer, SequenceId id)
    {
        if (id.IsNone)
        {
            return;
        }

        writer.WriteHeader(InferResponseWriter.Parameters, MeasureEntry(id));
        writer.WriteText(Key, SequenceInputs.Id.Name);
        writer.WriteHeader(Value, MeasureValue(id));
        if (id.Text is { } text)
        {
            writer.WriteText(StringParam, text);
        }
        else
        {
            writer.WriteVarint((ulong)NumberField(id) << 3);
            writer.WriteVarint(id.Number);
        }
    }

    private static long MeasureEntry(SequenceId id) => ProtoSize.Text(Key, SequenceInputs.Id.Name) + ProtoSize.Field(Value, MeasureValue(id));

    private static long MeasureValue(SequenceId id) =>
        id.Text is { } text ? ProtoSize.Text(StringParam, text) : ProtoSize.Tag(NumberField(id)) + ProtoSize.Varint(id.Number);

    // The first protocol knew no uint64_param: where the number allows it, its clients are to find it.
    private static int NumberField(SequenceId id) => id.Number <= long.MaxValue ? Int64Param : Uint64Param;

    private static (string Name, ParameterValue Value) ReadEntry(ReadOnlySequence<byte> entry)
    {
        string name = "";
        ParameterValue value = default;
        ProtoReader reader = new(entry, "a parameter");
        while (reader.TryReadTag(out int field, out WireType type))
        {
            switch (type == WireType.LengthDelimited ? field : 0)
            {
                case Key:
                    name = reader.ReadText();
                    break;
                case Value:
                    value = ReadValue(reader.ReadLengthDelimited());
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        return (name, value);
    }

    private static ParameterValue ReadValue(ReadOnlySequence<byte> bytes)
    {
        ParameterValue value = default;
        ProtoReader reader = new(bytes, "a parameter's value");
        while (reader.TryReadTag(out int field, out WireType type))
        {
            switch ((field, type))
            {
                case (BoolParam, WireType.Varint):
                    value = ParameterValue.Of(reader.ReadVarint() != 0);
                    break;
                case (Int64Param, WireType.Varint):
                    value = ParameterValue.Of((long)reader.ReadVarint());
                    break;
                case (StringParam, WireType.LengthDelimited):
                    value = ParameterValue.Of(reader.ReadText());
                    break;
                case (DoubleParam, WireType.Fixed64):
                    value = ParameterValue.Unusable(BitConverter.UInt64BitsToDouble(reader.ReadFixed64()).ToString(CultureInfo.InvariantCulture));
                    break;
                case (Uint64Param, WireType.Varint):
                    value = ParameterValue.Of(reader.ReadVarint());
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        return value;
    }
}
