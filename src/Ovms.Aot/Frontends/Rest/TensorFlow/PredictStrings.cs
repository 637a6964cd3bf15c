using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Ovms.Serving.Signatures;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.TensorFlow;

/// <summary>
/// Parses texts, and bytes as <c>{"b64":"…"}</c>, of a predict request: strings, and encoded images for inputs of pixels.
/// </summary>
internal static class PredictStrings
{
    /// <summary>The datatype that they become.</summary>
    public const string Datatype = "BYTES";

    private static readonly TensorMarshaler s_texts = TensorMarshaler.ForDatatype(Datatype)!;

    /// <summary>
    /// Whether a value holds strings: the model takes strings, or the first element is base64, or a text that no other type accepts.
    /// </summary>
    /// <param name="reader">Positioned on the value's first token; a copy, which this may advance.</param>
    /// <param name="info">The input.</param>
    public static bool AreMeant(Utf8JsonReader reader, TensorInfo info)
    {
        if (info.Marshaler.BitWidth == 0)
        {
            return true;
        }

        while (reader.TokenType == JsonTokenType.StartArray && reader.Read())
        {
        }

        // A U8 matrix may hold texts; among floats a text is the name of a value that JSON cannot write as a number.
        return reader.TokenType == JsonTokenType.StartObject
            || (reader.TokenType == JsonTokenType.String
                && info.Marshaler.Datatype == "UINT8"
                && info.Shape.HasRank
                && info.Shape.Rank == 2);
    }

    /// <summary>Appends the elements of one value in packed form.</summary>
    /// <param name="reader">Positioned on the value's first token; afterwards on its last.</param>
    /// <param name="destination">Receives the elements.</param>
    /// <param name="count">Receives the number of elements.</param>
    public static Outcome Read(ref Utf8JsonReader reader, NativeBuffer destination, out long count)
    {
        count = 0;
        JsonValues values = new();
        while (values.TryNext(ref reader))
        {
            Outcome read;
            switch (reader.TokenType)
            {
                case JsonTokenType.String:
                    read = s_texts.ReadJson(ref reader, destination, out _);
                    break;
                case JsonTokenType.StartObject:
                    read = ReadBase64(ref reader, destination, count);
                    break;
                default:
                    return Outcome.Fail(
                        StatusCode.RestCouldNotParseInput,
                        $"value {count} is {JsonToken.Quote(in reader)}; {Datatype} takes strings and {{\"b64\":\"...\"}}");
            }

            if (!read.IsOk)
            {
                return read;
            }

            count++;
        }

        return Outcome.Ok;
    }

    private static Outcome ReadBase64(ref Utf8JsonReader reader, NativeBuffer destination, long index)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.PropertyName
            || !reader.ValueTextEquals("b64"u8)
            || !reader.Read()
            || reader.TokenType != JsonTokenType.String)
        {
            return Outcome.Fail(StatusCode.RestCouldNotParseInput, $"value {index} is an object; Expected: {{\"b64\":\"...\"}}");
        }

        int written = reader.ValueSpan.Length;

        // Unescaping and decoding never lengthen the text, so both are done in place.
        if (!BytesForm.TryReserve(destination, written, out Span<byte> room))
        {
            return destination.TooLarge();
        }

        Span<byte> text = room[..written];
        text = text[..reader.CopyString(text)];
        if (Base64.DecodeFromUtf8InPlace(text, out int length) != OperationStatus.Done)
        {
            return Outcome.Fail(
                StatusCode.RestBase64DecodeError, $"value {index}; Expected: base64 with padding; Actual: {JsonToken.Quote(in reader)}");
        }

        BytesForm.Commit(destination, length);
        reader.Read();
        return reader.TokenType == JsonTokenType.EndObject
            ? Outcome.Ok
            : Outcome.Fail(
                StatusCode.RestCouldNotParseInput, $"value {index} is an object with more than b64; Expected: {{\"b64\":\"...\"}}");
    }
}
