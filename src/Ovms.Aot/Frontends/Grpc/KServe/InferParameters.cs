using System.Buffers;
using System.Globalization;
using Ovms.Inference.Messages;
using Ovms.Inference.Sequences;
using Ovms.Serving.Requests;
using Ovms.Wire;

namespace Ovms.Frontends.Grpc.KServe;

/// <summary>
/// Parses and writes parameters. Those of tensors are kept if they are of shared memory; all others of tensors have no meaning over gRPC,
/// as in the original, but must still be valid.
/// </summary>
internal static class InferParameters
{
    /// <summary>The parameter of the time of a graph's packets.</summary>
    public const string PacketTimeName = "OVMS_MP_TIMESTAMP";

    /// <summary>The request's parameter that asks for a response that says no more than that it is the last one.</summary>
    public const string EmptyFinalName = "triton_enable_empty_final_response";

    private const string FinalName = "triton_final_response";

    private const int Key = 1;
    private const int Value = 2;
    private const int BoolParam = 1;
    private const int Int64Param = 2;
    private const int StringParam = 3;
    private const int DoubleParam = 4;
    private const int Uint64Param = 5;

    /// <summary>Parses one entry of an input's or output's map.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="place">The tensor's place in shared memory, as far as earlier entries say it.</param>
    /// <exception cref="MalformedProtoException">The entry is malformed.</exception>
    public static void Read(ReadOnlySequence<byte> entry, ref SharedPlace? place)
    {
        (string name, ParameterValue value) = ReadEntry(entry);
        SharedPlace.Set(ref place, name, value);
    }

    /// <summary>Parses one entry of the request's own map.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="message">Receives it.</param>
    /// <exception cref="MalformedProtoException">The entry is malformed.</exception>
    public static void Read(ReadOnlySequence<byte> entry, InferMessage message)
    {
        (string name, ParameterValue value) = ReadEntry(entry);
        if (SequenceParameters.Names.Contains(name))
        {
            (message.SequenceParameters ??= new SequenceParameters()).Set(name, value);
        }
        else
        {
            message.Parameters.Add((name, value));
        }
    }

    /// <summary>Bytes of the response's entry for the time of a graph's packets; 0 for none.</summary>
    public static long MeasureTime(long? time) =>
        time is { } value ? ProtoSize.Field(InferResponseWriter.Parameters, MeasureTimeEntry(value)) : 0;

    /// <summary>Writes the response's entry for the time of a graph's packets; nothing for none.</summary>
    public static void WriteTime(ProtoWriter writer, long? time)
    {
        if (time is { } value)
        {
            writer.WriteHeader(InferResponseWriter.Parameters, MeasureTimeEntry(value));
            writer.WriteText(Key, PacketTimeName);
            writer.WriteHeader(Value, MeasureTimeValue(value));
            writer.WriteVarint((ulong)Int64Param << 3);
            writer.WriteVarint((ulong)value);
        }
    }

    /// <summary>Bytes of the response's entry for whether it is the last one; 0 for none.</summary>
    public static long MeasureFinal(bool? isFinal) =>
        isFinal is null ? 0 : ProtoSize.Field(InferResponseWriter.Parameters, MeasureFinalEntry());

    /// <summary>Writes the response's entry for whether it is the last one; nothing for none.</summary>
    public static void WriteFinal(ProtoWriter writer, bool? isFinal)
    {
        if (isFinal is { } final)
        {
            writer.WriteHeader(InferResponseWriter.Parameters, MeasureFinalEntry());
            writer.WriteText(Key, FinalName);
            writer.WriteHeader(Value, MeasureFlag());
            writer.WriteVarint((ulong)BoolParam << 3);
            writer.WriteVarint(final ? 1UL : 0);
        }
    }

    /// <summary>Bytes of the response's entry for a sequence id; 0 for none.</summary>
    public static long MeasureSequence(SequenceId id) => id.IsNone ? 0 : ProtoSize.Field(InferResponseWriter.Parameters, MeasureEntry(id));

    /// <summary>Writes the response's entry for a sequence id; nothing for none.</summary>
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

    private static long MeasureFinalEntry() => ProtoSize.Text(Key, FinalName) + ProtoSize.Field(Value, MeasureFlag());

    private static long MeasureFlag() => ProtoSize.Tag(BoolParam) + ProtoSize.Varint(1);

    private static long MeasureTimeEntry(long time) => ProtoSize.Text(Key, PacketTimeName) + ProtoSize.Field(Value, MeasureTimeValue(time));

    private static long MeasureTimeValue(long time) => ProtoSize.Tag(Int64Param) + ProtoSize.Varint((ulong)time);

    private static long MeasureEntry(SequenceId id) =>
        ProtoSize.Text(Key, SequenceInputs.Id.Name) + ProtoSize.Field(Value, MeasureValue(id));

    private static long MeasureValue(SequenceId id) =>
        id.Text is { } text ? ProtoSize.Text(StringParam, text) : ProtoSize.Tag(NumberField(id)) + ProtoSize.Varint(id.Number);

    // The first version of the protocol had no uint64_param; use int64_param for its clients where the number fits.
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
                    double number = BitConverter.UInt64BitsToDouble(reader.ReadFixed64());
                    value = ParameterValue.Unusable(number.ToString(CultureInfo.InvariantCulture));
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
