using System.Text.Json;
using Ovms.Frontends.Rest.Json;
using Ovms.Serving.Signatures;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.TensorFlow;

/// <summary>
/// Reads the JSON of a predict request of TensorFlow Serving: <c>instances</c>, row by row, or <c>inputs</c>, by columns. Datatypes are not
/// in it: values are read as the model's inputs take them. Other keys are passed over, <c>signature_name</c> among them.
/// </summary>
internal static class PredictBodyReader
{
    /// <summary>Fills a document.</summary>
    /// <param name="json">The whole JSON text; NaN and infinities without quotes are marked in it.</param>
    /// <param name="signature">The model's inputs.</param>
    /// <param name="document">Stays the caller's, also when the text is refused.</param>
    public static Outcome Read(Span<byte> json, Signature signature, InferDocument document)
    {
        Outcome text = JsonFault.CheckUtf8(json);
        if (!text.IsOk)
        {
            return text;
        }

        Outcome read = ReadAll(json, signature, document, out JsonException? fault);
        if (fault is not null && BareName.Mark(json))
        {
            document.Restart();
            read = ReadAll(json, signature, document, out fault);
        }

        return fault is null ? read : JsonFault.Malformed(fault, json);
    }

    private static Outcome ReadAll(ReadOnlySpan<byte> json, Signature signature, InferDocument document, out JsonException? fault)
    {
        fault = null;
        Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = JsonFault.MaxDepth });
        try
        {
            return ReadRoot(ref reader, new PredictInputs(json, signature, document), document);
        }
        catch (JsonException malformed)
        {
            fault = malformed;
            return Outcome.Ok;
        }
        catch (InvalidOperationException) when (reader.ValueIsEscaped)
        {
            // The tokenizer lets half a surrogate pair pass and throws only when the string is asked for.
            return JsonFault.BadEscape(document.Origin + reader.TokenStartIndex);
        }
        catch (InvalidOperationException) when (BareName.TextOf(in reader) is not null)
        {
            return JsonFault.BareName(reader, document.Origin);
        }
    }

    private static Outcome ReadRoot(ref Utf8JsonReader reader, PredictInputs inputs, InferDocument document)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return JsonFault.WrongKind(StatusCode.RestBodyIsNotAnObject, "the body", "an object", reader);
        }

        bool rows = false;
        bool columns = false;
        bool signature = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            Outcome read = Outcome.Ok;
            if (reader.ValueTextEquals("instances"u8))
            {
                read = Once(ref rows, columns, "instances");
                reader.Read();
                read = read.IsOk ? new PredictRows(inputs).Read(ref reader) : read;
            }
            else if (reader.ValueTextEquals("inputs"u8))
            {
                read = Once(ref columns, rows, "inputs");
                reader.Read();
                read = read.IsOk ? PredictColumns.Read(ref reader, inputs) : read;
            }
            else if (reader.ValueTextEquals("signature_name"u8))
            {
                read = Once(ref signature, false, "signature_name");
                reader.Read();
                read = read.IsOk && reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null)
                    ? JsonFault.WrongKind(StatusCode.RestInvalidStructure, "signature_name", "a string", reader)
                    : read;
            }
            else
            {
                reader.Skip();
            }

            if (!read.IsOk)
            {
                return read;
            }
        }

        // Anything after the object is refused by the tokenizer.
        reader.Read();
        document.IsRowFormat = rows;
        return rows || columns ? Outcome.Ok : Outcome.Fail(StatusCode.RestPredictUnknownOrder, "Expected: instances (rows) or inputs (columns); Actual: neither");
    }

    private static Outcome Once(ref bool seen, bool other, string key)
    {
        bool twice = seen;
        seen = true;
        return twice ? JsonFault.Twice(key)
            : other ? Outcome.Fail(StatusCode.RestPredictUnknownOrder, "Expected: instances (rows) or inputs (columns); Actual: both")
            : Outcome.Ok;
    }
}
