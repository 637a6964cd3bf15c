using System.Text.Json;
using Ovms.Frontends.Rest.Json;
using Ovms.Serving.Signatures;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.TensorFlow;

/// <summary>
/// Parses the JSON of TensorFlow Serving's predict request: <c>instances</c> (rows) or <c>inputs</c> (columns). It names no datatypes:
/// values are parsed as the model's inputs. Other keys, such as <c>signature_name</c>, are ignored.
/// </summary>
internal static class PredictBodyReader
{
    /// <summary>Fills a document.</summary>
    /// <param name="json">The whole JSON text; unquoted NaN and infinities are marked in place.</param>
    /// <param name="signature">The model's inputs.</param>
    /// <param name="document">Receives the request; the caller still owns it, also after an error.</param>
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
            // The tokenizer accepts half a surrogate pair and throws only when the string is read.
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

        // The tokenizer throws if anything follows the object.
        reader.Read();
        document.IsRowFormat = rows;
        const string Expected = "Expected: instances (rows) or inputs (columns); Actual: neither";
        return rows || columns ? Outcome.Ok : Outcome.Fail(StatusCode.RestPredictUnknownOrder, Expected);
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
