using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ovms.Options;
using Ovms.Status;

namespace Ovms.Configuration;

/// <summary>Edits the list of models in the text of a configuration file; everything else stays unchanged. Pure.</summary>
internal static class ConfigEdit
{
    private static readonly JsonWriterOptions s_pretty =
        new() { Indented = true, IndentSize = 4, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The text of a file without models.</summary>
    public static ReadOnlyMemory<byte> Empty { get; } = "{\"model_config_list\": []}"u8.ToArray();

    /// <summary>Adds an entry for a model.</summary>
    /// <param name="json">The file's text.</param>
    /// <param name="name">The model's name.</param>
    /// <param name="members">Other keys of the entry.</param>
    /// <returns>The new text, or an error if the name is taken or the file is not a configuration.</returns>
    public static Outcome<byte[]> Add(ReadOnlyMemory<byte> json, string name, IReadOnlyList<EntryMember> members) =>
        Edit(json, (list, writer) =>
        {
            if (list.EnumerateArray().Any(entry => NameOf(entry) == name))
            {
                return Outcome.Fail(
                    StatusCode.ModelNameOccupied, $"{name} is in the file already; remove it with --remove_from_config first.");
            }

            foreach (JsonElement entry in list.EnumerateArray())
            {
                entry.WriteTo(writer);
            }

            writer.WriteStartObject();
            writer.WriteStartObject(ConfigSections.Entry);
            foreach (EntryMember member in members)
            {
                member.WriteTo(writer);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
            return Outcome.Ok;
        });

    /// <summary>Removes a model's entry.</summary>
    /// <returns>The new text, or an error if there is no such model or the file is not a configuration.</returns>
    public static Outcome<byte[]> Remove(ReadOnlyMemory<byte> json, string name) =>
        Edit(json, (list, writer) =>
        {
            int removed = 0;
            foreach (JsonElement entry in list.EnumerateArray())
            {
                if (NameOf(entry) == name)
                {
                    removed++;
                }
                else
                {
                    entry.WriteTo(writer);
                }
            }

            string[] names = [.. list.EnumerateArray().Select(NameOf).OfType<string>()];
            return removed > 0
                ? Outcome.Ok
                : Outcome.Fail(
                    StatusCode.ModelNameMissing,
                    $"{name} is not in the file; it has {(names.Length == 0 ? "no models" : string.Join(", ", names))}.");
        });

    private static Outcome<byte[]> Edit(ReadOnlyMemory<byte> json, Func<JsonElement, Utf8JsonWriter, Outcome> editList)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = ConfigDocument.MaxDepth });
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object
                || (root.TryGetProperty(ConfigSections.Models, out JsonElement models) && models.ValueKind != JsonValueKind.Array))
            {
                return Outcome.Fail(StatusCode.ConfigInvalid, $"Expected: an object with an array {ConfigSections.Models}");
            }

            using MemoryStream text = new();
            using (Utf8JsonWriter writer = new(text, s_pretty))
            {
                Outcome edited = Write(root, writer, editList);
                if (!edited.IsOk)
                {
                    return edited;
                }
            }

            text.Write("\n"u8);
            return text.ToArray();
        }
        catch (JsonException fault)
        {
            return Outcome.Fail(StatusCode.ConfigInvalid, $"The file is not JSON: {ConfigDocument.Describe(fault)}");
        }
        catch (InvalidOperationException)
        {
            return Outcome.Fail(StatusCode.ConfigInvalid, "A string of the file is not valid text.");
        }
    }

    private static Outcome Write(JsonElement root, Utf8JsonWriter writer, Func<JsonElement, Utf8JsonWriter, Outcome> editList)
    {
        Outcome outcome = Outcome.Ok;
        bool hasList = false;
        using JsonDocument none = JsonDocument.Parse("[]"u8.ToArray());
        writer.WriteStartObject();
        foreach (JsonProperty property in root.EnumerateObject())
        {
            if (property.Name == ConfigSections.Models)
            {
                hasList = true;
                WriteList(property.Value);
            }
            else
            {
                property.WriteTo(writer);
            }
        }

        if (!hasList)
        {
            WriteList(none.RootElement);
        }

        writer.WriteEndObject();
        return outcome;

        void WriteList(JsonElement list)
        {
            writer.WriteStartArray(ConfigSections.Models);
            outcome = outcome.IsOk ? editList(list, writer) : outcome;
            writer.WriteEndArray();
        }
    }

    private static string? NameOf(JsonElement entry) =>
        entry.ValueKind == JsonValueKind.Object
        && entry.TryGetProperty(ConfigSections.Entry, out JsonElement config) && config.ValueKind == JsonValueKind.Object
        && config.TryGetProperty("name", out JsonElement name) && name.ValueKind == JsonValueKind.String
            ? name.GetString()
            : null;
}

/// <summary>A key of a model's entry, with its value as text from the command line.</summary>
/// <param name="Key">The key.</param>
/// <param name="Text">The value.</param>
/// <param name="Kinds">The JSON kinds that the value may have.</param>
internal sealed record EntryMember(string Key, string Text, OptionJson Kinds)
{
    /// <summary>
    /// Writes key and value: as an object, number or boolean if the option accepts it and the text is one, else as a string.
    /// </summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WritePropertyName(Key);
        if (Kinds == OptionJson.Boolean)
        {
            writer.WriteBooleanValue(Text is "true" or "True" or "t" or "T" or "1");
        }
        else if (Kinds == OptionJson.Number)
        {
            // The command line takes numbers that JSON does not, such as 007 and +7.
            writer.WriteNumberValue(decimal.Parse(Text, NumberStyles.Float, CultureInfo.InvariantCulture));
        }
        else if ((Kinds & OptionJson.Object) != 0 && IsObject(Text))
        {
            using JsonDocument value = JsonDocument.Parse(Encoding.UTF8.GetBytes(Text));
            value.RootElement.WriteTo(writer);
        }
        else
        {
            writer.WriteStringValue(Text);
        }
    }

    private static bool IsObject(string text)
    {
        try
        {
            using JsonDocument value = JsonDocument.Parse(text);
            return value.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
