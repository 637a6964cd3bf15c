using System.Globalization;
using System.Text.Json;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>Members of JSON by path.</summary>
internal static class JsonPath
{
    /// <summary>Parses a text.</summary>
    public static JsonElement Parse(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    /// <summary>Follows a path of member names and array indexes, such as <c>choices.0.text</c>; undefined if it leads nowhere.</summary>
    public static JsonElement At(this JsonElement element, string path)
    {
        foreach (string part in path.Split('.'))
        {
            bool isThere = element.ValueKind switch
            {
                JsonValueKind.Object => element.TryGetProperty(part, out element),
                JsonValueKind.Array => TryIndex(element, part, out element),
                _ => false,
            };
            if (!isThere)
            {
                return default;
            }
        }

        return element;
    }

    /// <summary>A text at a path.</summary>
    public static string? Text(this JsonElement element, string path) =>
        element.At(path) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <summary>An array of whole numbers at a path; empty if there is none.</summary>
    public static int[] Ids(this JsonElement element, string path) =>
        element.At(path) is { ValueKind: JsonValueKind.Array } value
            ? [.. value.EnumerateArray().Select(static item => item.GetInt32())]
            : [];

    /// <summary>An array of numbers at a path, with NaN for null.</summary>
    public static float[] Floats(this JsonElement element, string path) =>
        [.. element.At(path).EnumerateArray().Select(static item => item.ValueKind == JsonValueKind.Null ? float.NaN : item.GetSingle())];

    /// <summary>Whether two values are equal, their numbers up to what the company of other requests changes.</summary>
    public static bool IsClose(this JsonElement one, JsonElement other) =>
        one.ValueKind == other.ValueKind
        && one.ValueKind switch
        {
            JsonValueKind.Number => Math.Abs(one.GetDouble() - other.GetDouble()) < 1e-3,
            JsonValueKind.Array => one.GetArrayLength() == other.GetArrayLength()
                && one.EnumerateArray().Zip(other.EnumerateArray()).All(static pair => pair.First.IsClose(pair.Second)),
            JsonValueKind.Object => one.EnumerateObject().Count() == other.EnumerateObject().Count()
                && one.EnumerateObject().All(member => other.TryGetProperty(member.Name, out JsonElement found) && member.Value.IsClose(found)),
            _ => one.ToString() == other.ToString(),
        };

    private static bool TryIndex(JsonElement array, string part, out JsonElement item)
    {
        int index = int.Parse(part, CultureInfo.InvariantCulture);
        bool isThere = index < array.GetArrayLength();
        item = isThere ? array[index] : default;
        return isThere;
    }
}
