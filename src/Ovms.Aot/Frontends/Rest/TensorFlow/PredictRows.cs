using System.Text.Json;
using Ovms.Frontends.Rest.Json;
using Ovms.Inference.Messages;
using Ovms.Status;

namespace Ovms.Frontends.Rest.TensorFlow;

/// <summary>
/// Parses <c>instances</c>: an array of rows. A row is an object with a value for each input or, for a model with one input, the bare
/// value. Each input gets a first dimension, the number of rows. All rows must have the same inputs and shapes.
/// </summary>
internal ref struct PredictRows(PredictInputs inputs)
{
    private readonly PredictInputs _inputs = inputs;

    // For each input its shape in the first row, and the index of the last row that had it.
    private readonly List<(long[] Shape, int Row)> _rows = [];

    /// <summary>Parses the value that the reader is positioned on.</summary>
    public readonly Outcome Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return JsonFault.WrongKind(StatusCode.RestInvalidStructure, "instances", "an array", reader);
        }

        Utf8JsonReader start = reader;
        reader.Read();
        if (reader.TokenType == JsonTokenType.EndArray)
        {
            return Outcome.Fail(StatusCode.RestNoInstancesFound, "instances; Expected: at least one; Actual: an empty array");
        }

        if (reader.TokenType == JsonTokenType.StartObject && !_inputs.IsBase64(reader))
        {
            return ReadNamed(ref reader);
        }

        if (_inputs.Only is not { } only)
        {
            return JsonFault.WrongKind(
                StatusCode.RestNamedInstanceNotAnObject, "instances[0]", $"an object with a value for each of {_inputs.Names}", reader);
        }

        // Parse the rows together: they form the tensor.
        reader = start;
        Span<long> lengths = stackalloc long[JsonFault.MaxDepth + 1];
        InputTensor input = _inputs.Add(only.Name);
        Outcome read = _inputs.Append(ref reader, input, 0, lengths, out int rank);
        input.Shape = lengths.Slice(1, rank).ToArray();
        return read;
    }

    private readonly Outcome ReadNamed(ref Utf8JsonReader reader)
    {
        int row = 0;
        do
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                return JsonFault.WrongKind(
                    StatusCode.RestNamedInstanceNotAnObject, $"instances[{row}]", "an object, as instances[0]", reader);
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                Outcome read = ReadValue(ref reader, row);
                if (!read.IsOk)
                {
                    return read;
                }
            }

            for (int i = 0; i < _rows.Count; i++)
            {
                if (_rows[i].Row != row)
                {
                    return Outcome.Fail(
                        StatusCode.RestCouldNotParseInstance,
                        $"instances[{row}] has no value for {Shown.Bounded(_inputs.Read[i].Name)}, which instances[0] has");
                }
            }

            row++;
        }
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray);

        for (int i = 0; i < _rows.Count; i++)
        {
            _inputs.Read[i].Shape = [row, .. _rows[i].Shape];
        }

        return Outcome.Ok;
    }

    private readonly Outcome ReadValue(ref Utf8JsonReader reader, int row)
    {
        int index = _inputs.IndexOf(reader);
        if (index >= 0 && _rows[index].Row == row)
        {
            return JsonFault.Twice($"instances[{row}].{Shown.Bounded(_inputs.Read[index].Name)}");
        }

        if (index < 0)
        {
            Outcome length = JsonFault.CheckLength(reader, $"a name in instances[{row}]");
            string name = length.IsOk ? reader.GetString()! : "";
            if (!length.IsOk || row > 0 || _rows.Count == PredictInputs.MaxInputs)
            {
                return !length.IsOk ? length : Outcome.Fail(
                    row > 0 ? StatusCode.RestCouldNotParseInstance : StatusCode.RestInvalidStructure,
                    row > 0
                        ? $"instances[{row}] has a value for {Shown.Bounded(name)}, which instances[0] has not"
                        : $"instances[0]; Expected: at most {PredictInputs.MaxInputs} inputs; Actual: more");
            }

            _inputs.Add(name);
            index = _rows.Count;
        }

        InputTensor input = _inputs.Read[index];
        Span<long> lengths = stackalloc long[JsonFault.MaxDepth + 1];
        reader.Read();
        Outcome read = _inputs.Append(ref reader, input, row, lengths, out int rank);
        if (!read.IsOk)
        {
            return read;
        }

        ReadOnlySpan<long> shape = lengths.Slice(1, rank);
        if (row == 0)
        {
            _rows.Add((shape.ToArray(), row));
            return Outcome.Ok;
        }

        long[] first = _rows[index].Shape;
        _rows[index] = (first, row);
        return shape.SequenceEqual(first)
            ? Outcome.Ok
            : PredictInputs.Fail(
                StatusCode.RestCouldNotParseInstance,
                $"Expected: shape ({string.Join(',', first)}), as in instances[0]; Actual: ({string.Join(',', shape.ToArray())})",
                input,
                row);
    }
}
