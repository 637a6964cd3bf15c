using System.Runtime.InteropServices;
using System.Text.Json;
using Ovms.Options;
using Ovms.Options.Parsing;

namespace Ovms.Configuration;

/// <summary>A value of a configuration file with its JSON path. Errors are added to the findings, and reading continues.</summary>
/// <param name="Value">The value.</param>
/// <param name="Path">Its path, for example <c>$.model_config_list[0]</c>.</param>
/// <param name="Findings">Collects the problems.</param>
internal readonly record struct ConfigNode(JsonElement Value, string Path, OptionFindings Findings)
{
    /// <summary>Reads an option table from a JSON object.</summary>
    public delegate ParseOutcome<T> Binder<T>(ref Utf8JsonReader reader, string path);

    /// <summary>The members of an object; empty if the value is not an object. Unknown and duplicate keys are problems.</summary>
    /// <param name="known">The allowed keys; null for any.</param>
    /// <param name="required">The required keys.</param>
    public IReadOnlyDictionary<string, ConfigNode> Members(IReadOnlyCollection<string>? known, params IEnumerable<string> required)
    {
        Dictionary<string, ConfigNode> members = new(StringComparer.Ordinal);
        if (!Is(OptionJson.Object))
        {
            return members;
        }

        foreach (JsonProperty property in Value.EnumerateObject())
        {
            string path = OptionJsonReader.Member(Path, property.Name);
            if (known is not null && !known.Contains(property.Name))
            {
                string? nearest = NearestName.Of(property.Name, known);
                Findings.Add(OptionError.Malformed(path, "unknown key", nearest is null ? null : $"did you mean '{nearest}'?"));
            }
            else if (!members.TryAdd(property.Name, this with { Value = property.Value, Path = path }))
            {
                Findings.Add(OptionError.Malformed(path, "is given twice"));
            }
        }

        foreach (string key in required)
        {
            if (!members.ContainsKey(key))
            {
                Findings.Add(OptionError.Malformed(Path, $"'{key}' is required"));
            }
        }

        return members;
    }

    /// <summary>The items of an array; none, and a problem, if the value is not an array.</summary>
    public IEnumerable<ConfigNode> Items()
    {
        if (Is(OptionJson.Array))
        {
            int index = 0;
            foreach (JsonElement item in Value.EnumerateArray())
            {
                yield return this with { Value = item, Path = $"{Path}[{index++}]" };
            }
        }
    }

    /// <summary>Reads the object into an option table.</summary>
    /// <param name="binder">The table's reader.</param>
    /// <param name="forms">The forms of the table's objects and arrays; null if it has none.</param>
    /// <param name="refuse">
    /// Puts the sentences about values that are not allowed into the options, where they are a fault of one model and not of the file;
    /// null if the file is at fault.
    /// </param>
    /// <returns>The options; invalid ones have their defaults.</returns>
    public T Bind<T>(Binder<T> binder, IReadOnlyDictionary<string, JsonForm>? forms = null, Func<T, string, T>? refuse = null)
    {
        Utf8JsonReader reader = new(JsonMarshal.GetRawUtf8Value(Value));
        ParseOutcome<T> outcome = binder(ref reader, Path);
        List<string> refused = [];
        foreach (OptionError error in outcome.Errors)
        {
            if (refuse is not null && error is { Kind: OptionErrorKind.Refused, Row.Change: not OptionChange.Restart })
            {
                refused.Add(error.Text);
            }
            else
            {
                Findings.Add(error);
            }
        }

        // Checked here because an option row cannot require a non-empty string.
        if (Value.ValueKind == JsonValueKind.Object
            && Value.TryGetProperty("name", out JsonElement name)
            && name.ValueKind == JsonValueKind.String
            && name.ValueEquals(""u8))
        {
            Findings.Add(OptionError.Malformed(OptionJsonReader.Member(Path, "name"), "is empty"));
        }

        ConfigForms.Check(this, forms ?? ConfigForms.None);
        return refused.Count == 0 ? outcome.Value : refuse!(outcome.Value, string.Join("; ", refused));
    }

    /// <summary>A member that exists.</summary>
    public ConfigNode Member(string key) => this with { Value = Value.GetProperty(key), Path = OptionJsonReader.Member(Path, key) };

    /// <summary>The text of a string; null, and a problem, if the value is not a string.</summary>
    public string? Text() => Is(OptionJson.String) ? Value.GetString() : null;

    /// <summary>Whether the value has one of these kinds; if not, adds a problem.</summary>
    public bool Is(OptionJson expected)
    {
        bool isIt = (OptionJsonReader.KindOf(Value.ValueKind) & expected) != 0;
        if (!isIt)
        {
            Findings.Add(
                OptionError.Malformed(
                    Path, $"expected {OptionJsonReader.Describe(expected)}, got {OptionJsonReader.Describe(Value.ValueKind)}"));
        }

        return isIt;
    }
}
