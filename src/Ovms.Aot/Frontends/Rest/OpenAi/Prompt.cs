using System.Text.Json;
using Ovms.Status;

namespace Ovms.Frontends.Rest.OpenAi;

/// <summary>One prompt: a text, or token ids.</summary>
/// <param name="Text">The text; null if <paramref name="Ids"/> are given.</param>
/// <param name="Ids">The ids; null if <paramref name="Text"/> is given.</param>
internal readonly record struct Prompt(string? Text, int[]? Ids)
{
    /// <summary>Reads a text, an array of texts, an array of ids, or an array of such arrays.</summary>
    /// <param name="fields">The request; receives the first fault.</param>
    /// <param name="name">The field.</param>
    /// <param name="check">Checks the number of prompts, before they are read.</param>
    public static Prompt[] ReadAll(RequestFields fields, string name, Action<int> check)
    {
        if (!fields.TryGet(name, out JsonElement value))
        {
            fields.Fail($"{name} is missing in request");
            return [];
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            check(1);
            return [new Prompt(value.GetString(), null)];
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            fields.Fail($"{name} is not a string, nor an array of strings or of token ids");
            return [];
        }

        if (value.GetArrayLength() == 0)
        {
            fields.Fail($"{name} array cannot be empty");
            return [];
        }

        bool isOne = value[0].ValueKind == JsonValueKind.Number;
        check(isOne ? 1 : value.GetArrayLength());
        return !fields.Fault.IsOk ? []
            : isOne ? [ReadIds(fields, name, value)]
            : [.. value.EnumerateArray().Select(item => ReadItem(fields, name, item))];
    }

    private static Prompt ReadItem(RequestFields fields, string name, JsonElement item)
    {
        switch (item.ValueKind)
        {
            case JsonValueKind.String:
                return new Prompt(item.GetString(), null);
            case JsonValueKind.Array:
                return ReadIds(fields, name, item);
            default:
                fields.Fail($"{name} is not a string, nor an array of strings or of token ids");
                return default;
        }
    }

    private static Prompt ReadIds(RequestFields fields, string name, JsonElement array)
    {
        int[] ids = new int[array.GetArrayLength()];
        int count = 0;
        foreach (JsonElement item in array.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt32(out int id) || id < 0)
            {
                string came = Shown.Bounded(item.GetRawText());
                fields.Fail($"{name}: {came} is no token id; expected: a whole number from 0 to {int.MaxValue}");
                return default;
            }

            ids[count++] = id;
        }

        return new Prompt(null, ids);
    }
}
