using System.Text.Json;
using Ovms.Frontends.Rest.Json;
using Ovms.Inference.Messages;
using Ovms.Status;

namespace Ovms.Frontends.Rest.TensorFlow;

/// <summary>Parses <c>inputs</c>: an object with a tensor for each input, or the tensor of a model with one input.</summary>
internal static class PredictColumns
{
    /// <summary>Parses the value that the reader is positioned on.</summary>
    public static Outcome Read(ref Utf8JsonReader reader, PredictInputs inputs)
    {
        if (reader.TokenType == JsonTokenType.StartObject && !inputs.IsBase64(reader))
        {
            return ReadNamed(ref reader, inputs);
        }

        return inputs.Only is { } only
            ? ReadTensor(ref reader, inputs, only.Name)
            : JsonFault.WrongKind(
                StatusCode.RestInputIsNotAnObject, "inputs", $"an object with a value for each of {inputs.Names}", reader);
    }

    private static Outcome ReadNamed(ref Utf8JsonReader reader, PredictInputs inputs)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (inputs.IndexOf(reader) is var earlier and >= 0)
            {
                return JsonFault.Twice($"inputs.{Shown.Bounded(inputs.Read[earlier].Name)}");
            }

            Outcome length = JsonFault.CheckLength(reader, "a name in inputs");
            if (!length.IsOk)
            {
                return length;
            }

            if (inputs.Read.Count == PredictInputs.MaxInputs)
            {
                return Outcome.Fail(
                    StatusCode.RestInvalidStructure, $"inputs; Expected: at most {PredictInputs.MaxInputs} inputs; Actual: more");
            }

            string name = reader.GetString()!;
            reader.Read();
            Outcome read = ReadTensor(ref reader, inputs, name);
            if (!read.IsOk)
            {
                return read;
            }
        }

        return Outcome.Ok;
    }

    private static Outcome ReadTensor(ref Utf8JsonReader reader, PredictInputs inputs, string name)
    {
        InputTensor input = inputs.Add(name);
        Span<long> lengths = stackalloc long[JsonFault.MaxDepth + 1];
        Outcome read = inputs.Append(ref reader, input, -1, lengths, out int rank);
        input.Shape = lengths.Slice(1, rank).ToArray();
        return read;
    }
}
