using System.Collections.Immutable;
using System.Text.Json;
using Ovms.Status;

namespace Ovms.Repository.Language;

/// <summary>Reads the values of generation_config.json. A value that is not as expected becomes a warning and is not used.</summary>
/// <param name="json">The file's object.</param>
/// <param name="path">The file, for the warnings.</param>
/// <param name="warnings">Gets the warnings.</param>
internal sealed class GenerationValues(JsonElement json, string path, List<string> warnings)
{
    /// <summary>A whole number of at least a least one.</summary>
    public int? Count(string name, int least) =>
        JsonFacts.Find(json, name) is not { } value ? null
        : JsonFacts.Count(json, name) is { } count && count >= least ? count
        : Refuse<int?>(name, value, $"a whole number of {least} or more");

    /// <summary>A number in a range.</summary>
    public float? Number(string name, Func<double, bool> isInRange, string expected)
    {
        if (JsonFacts.Find(json, name) is not { } value)
        {
            return null;
        }

        bool isNumber = value.ValueKind == JsonValueKind.Number;
        double given = isNumber ? value.GetDouble() : double.NaN;
        float number = (float)given;
        return isNumber && float.IsFinite(number) && isInRange(number)
            ? number
            : Refuse<float?>(name, value, isNumber && isInRange(given) ? $"{expected} that a 32-bit float holds" : expected);
    }

    /// <summary>A flag.</summary>
    public bool? Flag(string name) =>
        JsonFacts.Find(json, name) is not { } value ? null
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : Refuse<bool?>(name, value, "true or false");

    /// <summary>One id or a list of ids, without repetitions.</summary>
    public ImmutableArray<int> Ids(string name)
    {
        if (JsonFacts.Find(json, name) is not { } value)
        {
            return [];
        }

        List<int> ids = [];
        foreach (JsonElement item in Items(value))
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt32(out int id) || id < 0)
            {
                _ = Refuse<int?>(name, item, "an id of a token: a whole number of 0 or more");
            }
            else if (!ids.Contains(id))
            {
                ids.Add(id);
            }
        }

        return [.. ids];
    }

    /// <summary>Warns of a number other than 1, which has no effect.</summary>
    public void ExpectOne(string name, string why)
    {
        if (Count(name, 1) is { } count && count != 1)
        {
            warnings.Add($"{path}: {name} is {count}; {why}. The value is not used.");
        }
    }

    /// <summary>One text or a list of texts.</summary>
    public ImmutableArray<string> Texts(string name)
    {
        if (JsonFacts.Find(json, name) is not { } value)
        {
            return [];
        }

        List<string> texts = [];
        foreach (JsonElement item in Items(value))
        {
            if (item.ValueKind == JsonValueKind.String && item.GetString() is { Length: > 0 } text)
            {
                texts.Add(text);
            }
            else
            {
                _ = Refuse<string>(name, item, "a text that is not empty");
            }
        }

        return [.. texts];
    }

    private static IEnumerable<JsonElement> Items(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [value];

    private T? Refuse<T>(string name, JsonElement value, string expected)
    {
        warnings.Add($"{path}: {name} is {Shown.Bounded(value.GetRawText())}; expected {expected}. The value is not used.");
        return default;
    }
}
