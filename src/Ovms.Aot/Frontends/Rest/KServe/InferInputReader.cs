using System.Text.Json;
using Ovms.Frontends.Rest.Json;
using Ovms.Inference.Messages;
using Ovms.Status;

namespace Ovms.Frontends.Rest.KServe;

/// <summary>
/// Parses one entry of <c>inputs</c>. Elements can be parsed only when the datatype is known: if <c>data</c> precedes <c>datatype</c>, it
/// is parsed at the end.
/// </summary>
internal ref struct InferInputReader
{
    // More than any model's rank.
    private const int MaxRank = 128;

    private readonly ReadOnlySpan<byte> _json;
    private readonly InferDocument _document;
    private readonly bool _bytesFollow;
    private readonly int _index;
    private readonly InputTensor _input;
    private bool _hasName;
    private bool _hasDatatype;
    private bool _hasShape;
    private bool _hasData;
    private bool _hasParameters;
    private Range? _postponed;
    private long? _binarySize;

    public InferInputReader(ReadOnlySpan<byte> json, InferDocument document, bool bytesFollow, int index)
    {
        _json = json;
        _document = document;
        _bytesFollow = bytesFollow;
        _index = index;
        _input = document.Message.SpareInput();
        _input.Budget = document.Budget;
    }

    /// <summary>Parses the entry and adds it to the document.</summary>
    /// <param name="reader">Positioned on the entry's start; afterwards on its end.</param>
    public Outcome Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return JsonFault.WrongKind(StatusCode.RestInputIsNotAnObject, Path(), "an object", reader);
        }

        // Add it first, so that the document frees its memory whatever happens next.
        _document.Message.Inputs.Add(_input);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            Outcome read = ReadProperty(ref reader);
            if (!read.IsOk)
            {
                return read;
            }
        }

        return Complete();
    }

    private Outcome ReadProperty(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("name"u8))
        {
            Outcome read = ReadText(ref reader, ref _hasName, "name", out string text);
            _input.Name = text;
            return read;
        }

        if (reader.ValueTextEquals("datatype"u8))
        {
            Outcome read = ReadText(ref reader, ref _hasDatatype, "datatype", out string text);
            _input.Datatype = text;
            return read;
        }

        if (reader.ValueTextEquals("shape"u8))
        {
            return TakeTwice(ref _hasShape) ? JsonFault.Twice(Path("shape")) : ReadShape(ref reader);
        }

        if (reader.ValueTextEquals("data"u8))
        {
            return TakeTwice(ref _hasData) ? JsonFault.Twice(Path("data")) : ReadOrPostponeData(ref reader);
        }

        if (reader.ValueTextEquals("parameters"u8))
        {
            if (TakeTwice(ref _hasParameters))
            {
                return JsonFault.Twice(Path("parameters"));
            }

            reader.Read();
            Utf8JsonReader again = reader;
            Outcome size = ParametersReader.ReadSize(ref reader, Path("parameters"), out _binarySize);
            if (!size.IsOk)
            {
                return size;
            }

            Outcome read = ParametersReader.ReadPlace(ref again, Path("parameters"), out SharedPlace? place);
            _input.Shared = place;
            return read;
        }

        reader.Skip();
        return Outcome.Ok;
    }

    private readonly Outcome ReadText(ref Utf8JsonReader reader, ref bool seen, string key, out string text)
    {
        text = "";
        if (TakeTwice(ref seen))
        {
            return JsonFault.Twice(Path(key));
        }

        reader.Read();
        if (reader.TokenType != JsonTokenType.String)
        {
            return JsonFault.WrongKind(StatusCode.RestInvalidStructure, Path(key), "a string", reader);
        }

        Outcome length = JsonFault.CheckLength(reader, Path(key));
        text = length.IsOk ? reader.GetString()! : "";
        return length;
    }

    private readonly Outcome ReadShape(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return JsonFault.WrongKind(StatusCode.RestInvalidStructure, Path("shape"), "an array of whole numbers", reader);
        }

        Span<long> dimensions = stackalloc long[MaxRank];
        int rank = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (rank == MaxRank)
            {
                return Outcome.Fail(
                    StatusCode.RestInvalidStructure, $"{Path("shape")}; Expected: at most {MaxRank} dimensions; Actual: more");
            }

            if (reader.TokenType != JsonTokenType.Number)
            {
                return JsonFault.WrongKind(StatusCode.RestInvalidStructure, $"{Path("shape")}[{rank}]", "a whole number", reader);
            }

            if (!reader.TryGetInt64(out dimensions[rank]))
            {
                return Outcome.Fail(
                    StatusCode.RestInvalidStructure,
                    $"{Path("shape")}[{rank}]; Expected: a whole number of 64 bits; Actual: {JsonFault.Token(reader)}");
            }

            rank++;
        }

        _input.Shape = dimensions[..rank].ToArray();
        return Outcome.Ok;
    }

    private Outcome ReadOrPostponeData(ref Utf8JsonReader reader)
    {
        reader.Read();
        int start = _document.Origin + (int)reader.TokenStartIndex;
        if (_hasDatatype)
        {
            Outcome read = JsonTensor.Read(ref reader, _json[start..], _input, Path("data"), out int passed);
            _document.Origin = passed > 0 ? start + passed : _document.Origin;
            return read;
        }

        reader.Skip();
        _postponed = start..(_document.Origin + (int)reader.BytesConsumed);
        return Outcome.Ok;
    }

    private Outcome Complete()
    {
        if (!_hasName || !_hasShape || !_hasDatatype)
        {
            string missing = !_hasName ? "name" : !_hasShape ? "shape" : "datatype";
            string expected = missing == "shape" ? "an array of whole numbers" : "a string";
            return Outcome.Fail(StatusCode.RestInvalidStructure, $"{Path(missing)} is missing; Expected: {expected}");
        }

        if (_hasData && _binarySize is not null)
        {
            return Outcome.Fail(
                StatusCode.RestContentsFieldNotEmpty,
                $"{Path()} has data and parameters.binary_data_size; Expected: one of them; input name: {Shown.Bounded(_input.Name)}");
        }

        if (_input.Shared is not null && (_hasData || _binarySize is not null))
        {
            return Outcome.Fail(
                StatusCode.RestContentsFieldNotEmpty,
                $"{Path()} has {(_hasData ? "data" : "parameters.binary_data_size")} and parameters.{SharedPlace.RegionName}; "
                + $"Expected: one of them; input name: {Shown.Bounded(_input.Name)}");
        }

        if (_postponed is { } place)
        {
            ReadOnlySpan<byte> data = _json[place];
            Utf8JsonReader reader = new(data, new JsonReaderOptions { MaxDepth = JsonFault.MaxDepth });
            reader.Read();
            try
            {
                return JsonTensor.Read(ref reader, data, _input, Path("data"), out _);
            }
            catch (InvalidOperationException) when (reader.ValueIsEscaped)
            {
                return JsonFault.BadEscape(place.Start.Value + reader.TokenStartIndex);
            }
        }

        return _hasData || _input.Shared is not null ? Outcome.Ok : ExpectBytes();
    }

    private readonly Outcome ExpectBytes()
    {
        if (!_bytesFollow)
        {
            return _binarySize is { } size
                ? Outcome.Fail(
                    StatusCode.RestBinaryBufferTooSmall,
                    $"{Path()} claims {size} bytes after the JSON; "
                    + $"Expected: the header {InferRoute.LengthHeader} with the length of the JSON; "
                    + $"Actual: no such header; input name: {Shown.Bounded(_input.Name)}")
                : Outcome.Fail(
                    StatusCode.RestInvalidStructure,
                    $"{Path("data")} is missing; Expected: data, or bytes after the JSON and the header {InferRoute.LengthHeader}; "
                    + $"input name: {Shown.Bounded(_input.Name)}");
        }

        _document.Binary.Add(new BinarySlice(_index, _binarySize));
        return Outcome.Ok;
    }

    private static bool TakeTwice(ref bool seen)
    {
        bool twice = seen;
        seen = true;
        return twice;
    }

    private readonly string Path() => $"inputs[{_index}]";

    private readonly string Path(string key) => $"inputs[{_index}].{key}";
}
