using System.Text.Json;
using Ovms.Frontends.Rest.Json;
using Ovms.Inference.Messages;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.KServe;

/// <summary>
/// Parses the JSON of an inference request in one pass. Keys may come in any order; unknown keys are ignored, repeated known keys are
/// rejected. Nothing is checked against a model here.
/// </summary>
internal ref struct InferRequestReader
{
    // Far more than any model has; keeps the memory for a body of empty objects near the body's size.
    private const int MaxTensors = 4096;

    private readonly ReadOnlySpan<byte> _json;
    private readonly InferDocument _document;
    private readonly bool _bytesFollow;
    private Utf8JsonReader _reader;

    private InferRequestReader(ReadOnlySpan<byte> json, InferDocument document, bool bytesFollow)
    {
        _json = json;
        _document = document;
        _bytesFollow = bytesFollow;
        _reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = JsonFault.MaxDepth });
    }

    /// <summary>Fills a document.</summary>
    /// <param name="json">The whole JSON text; unquoted NaN and infinities are marked in place.</param>
    /// <param name="bytesFollow">Whether tensors may follow the text as bytes.</param>
    /// <param name="document">Receives the request; the caller still owns it, also after an error.</param>
    public static Outcome Read(Span<byte> json, bool bytesFollow, InferDocument document)
    {
        Outcome text = JsonFault.CheckUtf8(json);
        if (!text.IsOk)
        {
            return text;
        }

        Outcome read = ReadAll(json, bytesFollow, document, out JsonException? fault);
        if (fault is not null && BareName.Mark(json))
        {
            document.Restart();
            read = ReadAll(json, bytesFollow, document, out fault);
        }

        return fault is null ? read : JsonFault.Malformed(fault, json);
    }

    private static Outcome ReadAll(ReadOnlySpan<byte> json, bool bytesFollow, InferDocument document, out JsonException? fault)
    {
        fault = null;
        InferRequestReader self = new(json, document, bytesFollow);
        try
        {
            return self.ReadRoot();
        }
        catch (JsonException malformed)
        {
            fault = malformed;
            return Outcome.Ok;
        }
        catch (InvalidOperationException) when (self._reader.ValueIsEscaped)
        {
            // The tokenizer accepts half a surrogate pair and throws only when the string is read.
            return JsonFault.BadEscape(document.Origin + self._reader.TokenStartIndex);
        }
        catch (InvalidOperationException) when (BareName.TextOf(in self._reader) is not null)
        {
            return JsonFault.BareName(self._reader, document.Origin);
        }
    }

    private Outcome ReadRoot()
    {
        _reader.Read();
        if (_reader.TokenType != JsonTokenType.StartObject)
        {
            return JsonFault.WrongKind(StatusCode.RestBodyIsNotAnObject, "the body", "an object", _reader);
        }

        bool inputs = false;
        bool outputs = false;
        bool parameters = false;
        bool id = false;
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            Outcome read = Outcome.Ok;
            if (_reader.ValueTextEquals("inputs"u8))
            {
                read = Once(ref inputs, "inputs");
                read = read.IsOk ? ReadInputs() : read;
            }
            else if (_reader.ValueTextEquals("outputs"u8))
            {
                read = Once(ref outputs, "outputs");
                read = read.IsOk ? ReadOutputs() : read;
            }
            else if (_reader.ValueTextEquals("parameters"u8))
            {
                read = Once(ref parameters, "parameters");
                read = read.IsOk ? ReadParameters() : read;
            }
            else if (_reader.ValueTextEquals("id"u8))
            {
                read = Once(ref id, "id");
                read = read.IsOk ? ReadId() : read;
            }
            else
            {
                _reader.Skip();
            }

            if (!read.IsOk)
            {
                return read;
            }
        }

        // The tokenizer throws if anything follows the object.
        _reader.Read();
        return inputs ? Outcome.Ok : Outcome.Fail(StatusCode.RestMissingInputs);
    }

    private static Outcome Once(ref bool seen, string key)
    {
        bool twice = seen;
        seen = true;
        return twice ? JsonFault.Twice(key) : Outcome.Ok;
    }

    private Outcome ReadId()
    {
        _reader.Read();
        if (_reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
        {
            return JsonFault.WrongKind(StatusCode.RestInvalidStructure, "id", "a string", _reader);
        }

        Outcome length = JsonFault.CheckLength(_reader, "id");
        _document.Message.Id = length.IsOk ? _reader.GetString() : null;
        return length;
    }

    private Outcome ReadParameters()
    {
        _reader.Read();
        Utf8JsonReader again = _reader;
        const StatusCode Fault = StatusCode.RestCouldNotParseParameters;
        Outcome read = ParametersReader.ReadFlag(ref _reader, "parameters", "binary_data_output", Fault, out bool? binary);
        _document.BinaryOutputs = binary ?? false;
        return read.IsOk ? ParametersReader.ReadAll(ref again, _document.Message) : read;
    }

    private Outcome ReadInputs()
    {
        _reader.Read();
        if (_reader.TokenType != JsonTokenType.StartArray)
        {
            return JsonFault.WrongKind(StatusCode.RestInvalidStructure, "inputs", "an array of objects", _reader);
        }

        for (int i = 0; _reader.Read() && _reader.TokenType != JsonTokenType.EndArray; i++)
        {
            if (i == MaxTensors)
            {
                return TooMany("inputs");
            }

            Outcome read = new InferInputReader(_json, _document, _bytesFollow, i).Read(ref _reader);
            if (!read.IsOk)
            {
                return read;
            }
        }

        return Outcome.Ok;
    }

    private Outcome ReadOutputs()
    {
        _reader.Read();
        if (_reader.TokenType == JsonTokenType.Null)
        {
            return Outcome.Ok;
        }

        if (_reader.TokenType != JsonTokenType.StartArray)
        {
            return JsonFault.WrongKind(StatusCode.RestCouldNotParseOutput, "outputs", "an array of objects", _reader);
        }

        for (int i = 0; _reader.Read() && _reader.TokenType != JsonTokenType.EndArray; i++)
        {
            if (i == MaxTensors)
            {
                return TooMany("outputs");
            }

            Outcome read = InferOutputReader.Read(ref _reader, i, out RequestedOutput output);
            if (!read.IsOk)
            {
                return read;
            }

            _document.Message.Outputs.Add(output);
        }

        return Outcome.Ok;
    }

    private static Outcome TooMany(string key) =>
        Outcome.Fail(StatusCode.RestInvalidStructure, $"{key}; Expected: at most {MaxTensors} entries; Actual: more");
}
