using System.Text.Json;
using Ovms.Frontends.Rest.Json;
using Ovms.Inference.Messages;
using Ovms.Status;

namespace Ovms.Frontends.Rest.KServe;

/// <summary>Parses one entry of <c>outputs</c>.</summary>
internal static class InferOutputReader
{
    /// <summary>Parses the entry that the reader is positioned on.</summary>
    public static Outcome Read(ref Utf8JsonReader reader, int index, out RequestedOutput output)
    {
        output = default;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return JsonFault.WrongKind(StatusCode.RestCouldNotParseOutput, $"outputs[{index}]", "an object", reader);
        }

        string? name = null;
        bool? binary = null;
        SharedPlace? place = null;
        bool parameters = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("name"u8))
            {
                if (name is not null)
                {
                    return JsonFault.Twice($"outputs[{index}].name");
                }

                reader.Read();
                if (reader.TokenType != JsonTokenType.String)
                {
                    return JsonFault.WrongKind(StatusCode.RestCouldNotParseOutput, $"outputs[{index}].name", "a string", reader);
                }

                Outcome length = JsonFault.CheckLength(reader, $"outputs[{index}].name");
                if (!length.IsOk)
                {
                    return length;
                }

                name = reader.GetString()!;
            }
            else if (reader.ValueTextEquals("parameters"u8))
            {
                string path = $"outputs[{index}].parameters";
                if (parameters)
                {
                    return JsonFault.Twice(path);
                }

                parameters = true;
                reader.Read();
                Utf8JsonReader again = reader;
                Outcome read = ParametersReader.ReadFlag(ref reader, path, "binary_data", StatusCode.RestCouldNotParseOutput, out binary);
                read = read.IsOk ? ParametersReader.ReadPlace(ref again, path, out place) : read;
                if (!read.IsOk)
                {
                    return read;
                }
            }
            else
            {
                reader.Skip();
            }
        }

        if (name is null)
        {
            return Outcome.Fail(StatusCode.RestCouldNotParseOutput, $"outputs[{index}].name is missing; Expected: a string");
        }

        output = new RequestedOutput(name, binary, place);
        return Outcome.Ok;
    }
}
