using System.Runtime.InteropServices;
using System.Text.Json;
using Ovms.Options;
using Ovms.Options.Parsing;

namespace Ovms.Configuration;

/// <summary>A value of a configuration file with its JSON path. What is wrong is added to the findings, and reading goes on.</summary>
/// <param name="Value">The value.</param>
/// <param name="Path">Where it stands, for example <c>$.model_config_list[0]</c>.</param>
/// <param name="Findings">Takes the problems.</param>
internal readonly record struct ConfigNode(JsonElement Value, string Path, OptionFindings Findings)
{
    /// <summary>Reads an option table from an object.</summary>
    public delegate ParseOutcome<T> Binder<T>(ref Utf8JsonReader reader, string path);

    /// <summary>The members of an object; empty where the value is none. Unknown keys and keys given twice are problems.</summary>
    /// <param name="known">The keys it may have; null for any.</param>
    /// <param name="required">Those it must have.</param>
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

    /// <summary>The items of an array; none where the value is none, which is a problem.</summary>
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
    /// <param name="forms">What the table's objects and arrays hold; null where it has none.</param>
    /// <returns>The options; with defaults where something was wrong.</returns>
    public T Bind<T>(Binder<T> binder, IReadOnlyDictionary<string, JsonForm>? forms = null)
    {
        Utf8JsonReader reader = new(JsonMarshal.GetRawUtf8Value(Value));
        ParseOutcome<T> outcome = binder(ref reader, Path);
        foreach (OptionError error in outcome.Errors)
        {
            // A number beyond its bounds is kept and is that model's own fault, told when it is to be loaded.
            Findings.Add(error is { Kind: OptionErrorKind.Refused, Row.Change: not OptionChange.Restart } ? null : error);
        }

        // An empty name is of no use to callers, and the row has no way to say so.
        if (Value.ValueKind == JsonValueKind.Object && Value.TryGetProperty("name", out JsonElement name) && name.ValueKind == JsonValueKind.String && name.ValueEquals(""u8))
        {
            Findings.Add(OptionError.Malformed(OptionJsonReader.Member(Path, "name"), "is empty"));
        }

        ConfigForms.Check(this, forms ?? ConfigForms.None);
        return outcome.Value;
    }

    /// <summary>A member that is known to be there.</summary>
    public ConfigNode Member(string key) => this with { Value = Value.GetProperty(key), Path = OptionJsonReader.Member(Path, key) };

    /// <summary>The text of a string; null where the value is none, which is a problem.</summary>
    public string? Text() => Is(OptionJson.String) ? Value.GetString() : null;

    /// <summary>Whether the value is of one of these kinds; else that is a problem.</summary>
    public bool Is(OptionJson expected)
    {
        bool isIt = (OptionJsonReader.KindOf(Value.ValueKind) & expected) != 0;
        if (!isIt)
        {
            Findings.Add(OptionError.Malformed(Path, $"expected {OptionJsonReader.Describe(expected)}, got {OptionJsonReader.Describe(Value.ValueKind)}"));
        }

        return isIt;
    }
}
