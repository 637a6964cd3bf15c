using System.Text;
using System.Text.Json;

namespace Ovms.Bench.Tuning;

/// <summary>Settings of a model that decide how many calls are computed at the same time. What is null is left to the server.</summary>
/// <param name="Hint">PERFORMANCE_HINT.</param>
/// <param name="Streams">NUM_STREAMS.</param>
/// <param name="Nireq">Number of infer requests.</param>
/// <param name="BatchSize">Size of the open batch dimension.</param>
internal sealed record Arrangement(string? Hint = null, int? Streams = null, int? Nireq = null, int? BatchSize = null)
{
    private const string HintKey = "PERFORMANCE_HINT";
    private const string StreamsKey = "NUM_STREAMS";

    /// <summary>Whether the server may change the arrangement with the load. Only if hint, streams and nireq are left to it.</summary>
    public bool IsAdaptive { get; init; }

    /// <summary>What is set, for tables.</summary>
    public string Text
    {
        get
        {
            string[] parts =
            [
                .. Hint is null ? [] : (string[])[Hint],
                .. Streams is null ? [] : (string[])[$"{Streams} streams"],
                .. Nireq is null ? [] : (string[])[$"nireq {Nireq}"],
                .. BatchSize is null ? [] : (string[])[$"batch size {BatchSize}"],
            ];
            string head = IsAdaptive ? "default, adaptive" : parts.Length == 0 ? "as given, not adaptive" : "";
            return string.Join(", ", head.Length > 0 ? [head, .. parts] : parts);
        }
    }

    /// <summary>How many settings differ from what the server does by itself: fewer are better if the figures are alike.</summary>
    public int Count =>
        (IsAdaptive ? 0 : 1) + (Streams is null ? 0 : 1) + (Nireq is null ? 0 : 1) + (BatchSize is null ? 0 : 1);

    /// <summary>The options of the model that have to be set, by name, with their values as on the command line.</summary>
    /// <param name="pluginConfig">The plugin_config that was given; empty if none was.</param>
    public IEnumerable<KeyValuePair<string, string>> Options(string pluginConfig)
    {
        if (Hint is not null || Streams is not null)
        {
            yield return new("plugin_config", Merge(pluginConfig));
        }

        if (Nireq is { } nireq)
        {
            yield return new("nireq", $"{nireq}");
        }

        if (BatchSize is { } size)
        {
            yield return new("batch_size", $"{size}");
        }
    }

    private string Merge(string given)
    {
        using MemoryStream text = new();
        using (Utf8JsonWriter writer = new(text))
        using (JsonDocument document = JsonDocument.Parse(given.Length == 0 ? "{}" : given))
        {
            writer.WriteStartObject();
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                property.WriteTo(writer);
            }

            if (Hint is not null)
            {
                writer.WriteString(HintKey, Hint);
            }

            if (Streams is { } streams)
            {
                writer.WriteString(StreamsKey, $"{streams}");
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(text.ToArray());
    }
}
