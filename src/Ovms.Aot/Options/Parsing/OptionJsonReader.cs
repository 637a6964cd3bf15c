using System.Text.Json;

namespace Ovms.Options.Parsing;

/// <summary>
/// Reads a JSON object into an option table. Every value is converted to its command-line text, so that both sources have the same types,
/// ranges and messages. Messages start with the JSON path.
/// </summary>
internal static class OptionJsonReader
{
    /// <summary>
    /// Reads the object and leaves the reader at its end. Text that is not JSON is an error of the document, thrown as
    /// <see cref="JsonException"/>.
    /// </summary>
    public static void Read(ref Utf8JsonReader reader, string path, OptionBuilder table, OptionFindings findings)
    {
        if (reader.TokenType == JsonTokenType.None)
        {
            reader.Read();
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            findings.Add(OptionError.Malformed(path, $"expected an object of options, got {Describe(reader.TokenType)}"));
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string? key = GetString(ref reader);
            reader.Read();
            ReadOption(ref reader, key, path, table, findings);
        }

        for (int i = 0; i < table.Rows.Length; i++)
        {
            if (table.Rows[i].RequiredInConfig && !table.IsGiven(i))
            {
                findings.Add(OptionError.Malformed(path, $"'{table.Rows[i].ConfigName}' is required"));
            }
        }

        table.CheckConflicts(findings);
    }

    private static void ReadOption(ref Utf8JsonReader reader, string? key, string path, OptionBuilder table, OptionFindings findings)
    {
        int index = key is null ? -1 : table.IndexOfKey(key);
        if (index < 0)
        {
            IEnumerable<string> known =
                table.Rows.Where(static row => (row.In & OptionPlace.ModelConfig) != 0).Select(static row => row.ConfigName);
            string? nearest = key is null ? null : NearestName.Of(key, known);
            findings.Add(key is null
                ? OptionError.Malformed(path, "a key is not valid text")
                : OptionError.Malformed(Member(path, key), "unknown key", nearest is null ? null : $"did you mean '{nearest}'?"));
            reader.Skip();
            return;
        }

        string where = Member(path, key!);
        OptionRow row = table.Rows[index];
        if (table.IsGiven(index))
        {
            findings.Add(OptionError.Malformed(where, "is given twice"));
            reader.Skip();
            return;
        }

        JsonTokenType token = reader.TokenType;
        string? text = (row.Json & KindOf(token)) != 0 ? TextOf(ref reader) : null;
        if (text is not null)
        {
            findings.Add(table.Set(index, text, where));
            return;
        }

        table.SetNothing(index);
        bool isBadText = (row.Json & KindOf(token)) != 0;
        string what = isBadText ? "is not valid text: it has half of a surrogate pair, or a NUL"
            : $"expected {Describe(row.Json)}, got {Describe(token)}";
        findings.Add(OptionError.Malformed(where, what));
        reader.Skip();
    }

    private static string? TextOf(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            // No option has a use for a NUL, and a path that has one cannot be opened.
            return GetString(ref reader) is { } given && !given.Contains('\0') ? given : null;
        }

        using JsonDocument value = JsonDocument.ParseValue(ref reader);
        return value.RootElement.GetRawText();
    }

    // Null for invalid surrogates or UTF-8, which the reader checks only here.
    private static string? GetString(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The JSON path of an object's member.</summary>
    public static string Member(string path, string key) =>
        key.Length > 0 && key.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_') ? $"{path}.{key}" : $"{path}['{key}']";

    private static OptionJson KindOf(JsonTokenType token) => token switch
    {
        JsonTokenType.String => OptionJson.String,
        JsonTokenType.Number => OptionJson.Number,
        JsonTokenType.True or JsonTokenType.False => OptionJson.Boolean,
        JsonTokenType.StartObject => OptionJson.Object,
        JsonTokenType.StartArray => OptionJson.Array,
        _ => OptionJson.ByType,
    };

    /// <summary>The kind of a value; <see cref="OptionJson.ByType"/> for null, which no option accepts.</summary>
    public static OptionJson KindOf(JsonValueKind kind) => kind switch
    {
        JsonValueKind.String => OptionJson.String,
        JsonValueKind.Number => OptionJson.Number,
        JsonValueKind.True or JsonValueKind.False => OptionJson.Boolean,
        JsonValueKind.Object => OptionJson.Object,
        JsonValueKind.Array => OptionJson.Array,
        _ => OptionJson.ByType,
    };

    /// <summary>The name of a value's kind.</summary>
    public static string Describe(JsonValueKind kind) =>
        KindOf(kind) is var known && known == OptionJson.ByType ? "null" : Describe(known);

    private static string Describe(JsonTokenType token) => KindOf(token) == OptionJson.ByType ? "null" : Describe(KindOf(token));

    /// <summary>The kinds as text: "a string or a number".</summary>
    public static string Describe(OptionJson kinds)
    {
        List<string> names = [];
        foreach ((OptionJson kind, string name) in (ReadOnlySpan<(OptionJson, string)>)
            [
                (OptionJson.String, "a string"), (OptionJson.Number, "a number"), (OptionJson.Boolean, "true or false"),
                (OptionJson.Object, "an object"), (OptionJson.Array, "an array"),
            ])
        {
            if ((kinds & kind) != 0)
            {
                names.Add(name);
            }
        }

        return string.Join(" or ", names);
    }
}
