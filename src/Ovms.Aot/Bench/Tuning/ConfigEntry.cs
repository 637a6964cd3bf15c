using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ovms.Configuration;
using Ovms.Options;
using Ovms.Options.Parsing;

namespace Ovms.Bench.Tuning;

/// <summary>A model's entry in config.json with an arrangement: the options as given, and those of the arrangement.</summary>
/// <param name="model">The model.</param>
/// <param name="texts">The given options, by name, with their values as written.</param>
internal sealed class ConfigEntry(ModelOptions model, IReadOnlyDictionary<string, string> texts)
{
    /// <summary>The entry as text.</summary>
    public string Text(Arrangement arrangement)
    {
        using MemoryStream text = new();
        JsonWriterOptions pretty =
            new() { Indented = true, IndentSize = 4, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (Utf8JsonWriter writer = new(text, pretty))
        {
            Write(writer, arrangement);
        }

        return Encoding.UTF8.GetString(text.ToArray());
    }

    /// <summary>Writes the entry as an element of model_config_list.</summary>
    public void Write(Utf8JsonWriter writer, Arrangement arrangement)
    {
        Dictionary<string, string> set = new(texts, StringComparer.Ordinal)
        {
            ["model_name"] = model.ModelName,
            ["model_path"] =
                model.ModelPath.Contains("://", StringComparison.Ordinal) ? model.ModelPath : Path.GetFullPath(model.ModelPath),
        };
        foreach ((string name, string value) in arrangement.Options(model.PluginConfig))
        {
            set[name] = value;
        }

        writer.WriteStartObject();
        writer.WriteStartObject(ConfigSections.Entry);
        foreach (OptionRow row in ModelOptions.Rows.Where(row => set.ContainsKey(row.Name)))
        {
            new EntryMember(row.ConfigName, set[row.Name], row.Json).WriteTo(writer);
        }

        // With a hint, streams or nireq the server does not follow the load anyway.
        if (!arrangement.IsAdaptive && !set.ContainsKey("plugin_config") && !set.ContainsKey("nireq"))
        {
            writer.WriteString("adaptive", "off");
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
