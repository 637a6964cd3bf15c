using System.Text.Json;
using Ovms.Options.Parsing;

namespace Ovms.Configuration;

/// <summary>Sorts the problems of a file by their position in it: checks find them section by section.</summary>
internal static class DocumentOrder
{
    /// <summary>The errors in the order of the values that they are about; those about one value keep their order.</summary>
    /// <param name="root">The document.</param>
    /// <param name="errors">The errors, with JSON paths.</param>
    public static IEnumerable<OptionError> Of(JsonElement root, IReadOnlyList<OptionError> errors)
    {
        if (errors.Count < 2)
        {
            return errors;
        }

        Dictionary<string, int> places = [];
        HashSet<string> paths = [.. errors.Select(static error => error.Where).OfType<string>()];
        Visit(root, "$", paths, places);
        return errors.OrderBy(error => error.Where is { } path && places.TryGetValue(path, out int place) ? place : int.MaxValue);
    }

    private static void Visit(JsonElement value, string path, HashSet<string> paths, Dictionary<string, int> places)
    {
        if (paths.Contains(path))
        {
            places.TryAdd(path, places.Count);
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in value.EnumerateObject())
            {
                Visit(property.Value, OptionJsonReader.Member(path, property.Name), paths, places);
            }
        }
        else if (value.ValueKind == JsonValueKind.Array)
        {
            int index = 0;
            foreach (JsonElement item in value.EnumerateArray())
            {
                Visit(item, $"{path}[{index++}]", paths, places);
            }
        }
    }
}
