using System.Buffers;
using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Ovms.Native;
using Ovms.Status;
using Ovms.Wire;

namespace Ovms.Tensors;

/// <summary>BYTES: strings of any bytes. In raw form each element is a little-endian uint32 length followed by its bytes.</summary>
internal sealed class TextMarshaler(ElementTypeRow row) : TensorMarshaler(row)
{
    // The answer is application/json and never part of a web page, so non-ASCII text need not be escaped.
    private static readonly JavaScriptEncoder s_encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <inheritdoc/>
    public override Outcome ReadTyped(ref ProtoReader contents, NativeBuffer destination, out long count)
    {
        count = 0;
        while (contents.TryReadTag(out int field, out WireType type))
        {
            if (field != (int)Contents)
            {
                Outcome passed = ForeignField.Pass(ref contents, field, type, this);
                if (!passed.IsOk)
                {
                    return passed;
                }

                continue;
            }

            if (type != WireType.LengthDelimited)
            {
                contents.Throw($"{Contents.Name()} has wire type {type} where {WireType.LengthDelimited} belongs");
            }

            if (!BytesForm.TryAppend(destination, contents.ReadLengthDelimited()))
            {
                return destination.TooLarge();
            }

            count++;
        }

        return Outcome.Ok;
    }

    /// <inheritdoc/>
    public override Outcome ReadJson(ref Utf8JsonReader reader, NativeBuffer destination, out long count)
    {
        count = 0;
        JsonValues values = new();
        while (values.TryNext(ref reader))
        {
            if (reader.TokenType != JsonTokenType.String)
            {
                return Outcome.Fail(
                    StatusCode.RestCouldNotParseInput,
                    $"value {count} is {JsonToken.Quote(in reader)}; {Datatype} takes strings");
            }

            Outcome read = ReadString(ref reader, destination, count);
            if (!read.IsOk)
            {
                return read;
            }

            count++;
        }

        return values.IsWhole ? Outcome.Ok : Outcome.Fail(StatusCode.RestCouldNotParseInput, "the array does not end");
    }

    /// <inheritdoc/>
    public override Outcome WriteJson(Tensor source, IBufferWriter<byte> writer)
    {
        int count = source.Count;
        for (int i = 0; i < count; i++)
        {
            if (!Utf8.IsValid(source.GetString(i)))
            {
                return Outcome.Fail(StatusCode.OutputIsNotUtf8, $"string {i} of {count}; ask for the output as binary data");
            }
        }

        writer.Write("["u8);
        for (int i = 0; i < count; i++)
        {
            writer.Write(i == 0 ? "\""u8 : ",\""u8);
            WriteEscaped(source.GetString(i), writer);
            writer.Write("\""u8);
        }

        writer.Write("]"u8);
        return Outcome.Ok;
    }

    private static Outcome ReadString(ref Utf8JsonReader reader, NativeBuffer destination, long index)
    {
        long written = reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length;

        // Unescaping never lengthens a text, so the length as written suffices.
        if (!BytesForm.TryReserve(destination, written, out Span<byte> room))
        {
            return destination.TooLarge();
        }

        int length;
        try
        {
            length = reader.CopyString(room);
        }
        catch (InvalidOperationException)
        {
            // CopyString throws only for invalid text, and there is no variant that does not throw.
            string what = BareName.TextOf(in reader) is { } bare
                ? $"{bare}; BYTES takes strings"
                : "not UTF-8 or has half a surrogate pair";
            return Outcome.Fail(StatusCode.RestCouldNotParseInput, $"value {index} is {what}");
        }

        BytesForm.Commit(destination, length);
        return Outcome.Ok;
    }

    private static void WriteEscaped(ReadOnlySpan<byte> text, IBufferWriter<byte> writer)
    {
        // Text that needs no escaping, nearly all of it, is copied at once.
        int plain = s_encoder.FindFirstCharacterToEncodeUtf8(text);
        writer.Write(plain < 0 ? text : text[..plain]);
        if (plain < 0)
        {
            return;
        }

        text = text[plain..];
        while (!text.IsEmpty)
        {
            // 12 bytes: the longest escape, of a character outside the basic plane.
            Span<byte> room = writer.GetSpan(Math.Max(12, Math.Min(text.Length, 4096)));
            OperationStatus status = s_encoder.EncodeUtf8(text, room, out int consumed, out int written);
            Debug.Assert(status is OperationStatus.Done or OperationStatus.DestinationTooSmall, "The text was checked.");
            writer.Advance(written);
            text = text[consumed..];
        }
    }
}
