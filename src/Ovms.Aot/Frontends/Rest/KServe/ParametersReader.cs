using System.Text.Json;
using Ovms.Frontends.Rest.Json;
using Ovms.Inference.Messages;
using Ovms.Status;

namespace Ovms.Frontends.Rest.KServe;

/// <summary>Parses a <c>parameters</c> object. Unknown keys are ignored, but their values must be strings, numbers or booleans.</summary>
internal static class ParametersReader
{
    // Bytes of a name or value that a graph may need; longer ones are ignored like unknown ones.
    private const int LongestKept = 1 << 16;

    private static readonly string[] s_placeNames = [SharedPlace.RegionName, SharedPlace.OffsetName, SharedPlace.SizeName];

    /// <summary>Reads a boolean. A string, a number or null instead counts as not given, as in the original.</summary>
    /// <param name="reader">Positioned on the object, or on null; afterwards on its end.</param>
    /// <param name="path">Where it is, for messages.</param>
    /// <param name="key">The key to read.</param>
    /// <param name="code">The code of an error.</param>
    /// <param name="flag">The value; null if not given.</param>
    public static Outcome ReadFlag(ref Utf8JsonReader reader, string path, string key, StatusCode code, out bool? flag)
    {
        flag = null;
        Outcome found = Find(ref reader, path, key, code, out Utf8JsonReader value, out bool there);
        if (!found.IsOk || !there)
        {
            return found;
        }

        if (value.TokenType is JsonTokenType.String or JsonTokenType.Number or JsonTokenType.Null)
        {
            return Outcome.Ok;
        }

        if (value.TokenType is not (JsonTokenType.True or JsonTokenType.False))
        {
            return JsonFault.WrongKind(code, $"{path}.{key}", "true or false", value);
        }

        flag = value.GetBoolean();
        return Outcome.Ok;
    }

    /// <summary>Reads <c>binary_data_size</c>: a non-negative integer.</summary>
    public static Outcome ReadSize(ref Utf8JsonReader reader, string path, out long? size)
    {
        const string Key = "binary_data_size";
        size = null;
        Outcome found = Find(ref reader, path, Key, StatusCode.RestInvalidStructure, out Utf8JsonReader value, out bool there);
        if (!found.IsOk || !there)
        {
            return found;
        }

        if (value.TokenType != JsonTokenType.Number)
        {
            return JsonFault.WrongKind(StatusCode.RestBinaryDataSizeInvalid, $"{path}.{Key}", "a number of bytes", value);
        }

        if (!value.TryGetInt64(out long bytes) || bytes < 0)
        {
            return Outcome.Fail(
                StatusCode.RestBinaryDataSizeInvalid,
                $"{path}.{Key}; Expected: a number of bytes, whole and not negative; Actual: {JsonFault.Token(value)}");
        }

        size = bytes;
        return Outcome.Ok;
    }

    /// <summary>Reads a tensor's place in shared memory.</summary>
    /// <param name="reader">Positioned on the object, which is well formed, or on null.</param>
    /// <param name="path">Where it is, for messages.</param>
    /// <param name="place">The place; null if the parameters name no region.</param>
    public static Outcome ReadPlace(ref Utf8JsonReader reader, string path, out SharedPlace? place)
    {
        SharedPlace? read = null;
        place = null;
        int seen = 0;
        while (reader.TokenType != JsonTokenType.Null && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int index = PlaceIndexOf(reader);
            reader.Read();
            if (index < 0)
            {
                continue;
            }

            string name = s_placeNames[index];
            if ((seen & (1 << index)) != 0)
            {
                return JsonFault.Twice($"{path}.{name}");
            }

            seen |= 1 << index;
            Outcome length = JsonFault.CheckLength(reader, $"{path}.{name}");
            if (!length.IsOk)
            {
                return length;
            }

            SharedPlace.Set(ref read, name, ValueOf(reader));
        }

        place = read is { Name: null } ? null : read;
        return Outcome.Ok;
    }

    /// <summary>Reads the parameters of a request.</summary>
    /// <param name="reader">Positioned on the object, which is well formed, or on null.</param>
    /// <param name="message">Receives them.</param>
    public static Outcome ReadAll(ref Utf8JsonReader reader, InferMessage message)
    {
        HashSet<string>? seen = null;
        while (reader.TokenType != JsonTokenType.Null && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string? sequence = NameOf(reader);
            string? other = sequence is null && reader.ValueSpan.Length <= LongestKept ? reader.GetString() : null;
            reader.Read();
            if (sequence is null)
            {
                if (other is not null && reader.ValueSpan.Length <= LongestKept)
                {
                    message.Parameters.Add((other, ValueOf(reader)));
                }

                continue;
            }

            if (!(seen ??= []).Add(sequence))
            {
                return JsonFault.Twice($"parameters.{sequence}");
            }

            Outcome length = JsonFault.CheckLength(reader, $"parameters.{sequence}");
            if (!length.IsOk)
            {
                return length;
            }

            (message.SequenceParameters ??= new SequenceParameters()).Set(sequence, ValueOf(reader));
        }

        return Outcome.Ok;
    }

    private static int PlaceIndexOf(in Utf8JsonReader reader)
    {
        for (int i = 0; i < s_placeNames.Length; i++)
        {
            if (reader.ValueTextEquals(s_placeNames[i]))
            {
                return i;
            }
        }

        return -1;
    }

    private static string? NameOf(in Utf8JsonReader reader)
    {
        foreach (string name in SequenceParameters.Names)
        {
            if (reader.ValueTextEquals(name))
            {
                return name;
            }
        }

        return null;
    }

    private static ParameterValue ValueOf(in Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.True => ParameterValue.Of(true),
        JsonTokenType.False => ParameterValue.Of(false),
        JsonTokenType.String => ParameterValue.Of(reader.GetString()!),
        JsonTokenType.Number when reader.TryGetUInt64(out ulong number) => ParameterValue.Of(number),
        JsonTokenType.Number when reader.TryGetInt64(out long negative) => ParameterValue.Of(negative),
        _ => ParameterValue.Unusable(JsonFault.Token(reader)),
    };

    // A reader is a struct: the copy stays on the value while the original goes on to the object's end.
    private static Outcome Find(
        ref Utf8JsonReader reader, string path, string key, StatusCode code, out Utf8JsonReader value, out bool there)
    {
        value = default;
        there = false;
        if (reader.TokenType == JsonTokenType.Null)
        {
            return Outcome.Ok;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return JsonFault.WrongKind(code, path, "an object", reader);
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool wanted = reader.ValueTextEquals(key);
            if (wanted && there)
            {
                return JsonFault.Twice($"{path}.{key}");
            }

            reader.Read();
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                string place = wanted ? $"{path}.{key}" : $"a value in {path}";
                return JsonFault.WrongKind(code, place, "a string, a number, true or false", reader);
            }

            if (wanted)
            {
                value = reader;
                there = true;
            }
        }

        return Outcome.Ok;
    }
}
