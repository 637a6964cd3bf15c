using System.Collections.Immutable;
using System.Text.Json;
using Ovms.Configuration.Pipelines;
using Ovms.Options;
using Ovms.Options.Parsing;

namespace Ovms.Configuration;

/// <summary>
/// Reads entries of pipeline_config_list whose form was checked. Faults of form make the file invalid; what a pipeline refers to is checked
/// when it is loaded.
/// </summary>
/// <param name="libraries">The custom node libraries of the file: names and absolute paths.</param>
internal sealed class PipelineReader(IReadOnlyDictionary<string, string> libraries)
{
    /// <summary>Reads an entry.</summary>
    /// <param name="node">The entry.</param>
    /// <param name="options">The same, as options.</param>
    /// <returns>The pipeline; only its name if there are findings, because the file is not used then.</returns>
    public PipelineConfig Read(ConfigNode node, PipelineOptions options)
    {
        int before = node.Findings.Errors.Count;
        PipelineConfig named = new() { Name = options.Name, Fingerprint = "" };
        if (before > 0)
        {
            return named;
        }

        ImmutableArray<PipelineNode> nodes = [.. node.Member("nodes").Items().Select(ReadNode)];
        if (node.Findings.Errors.Count > before)
        {
            return named;
        }

        ImmutableArray<KeyValuePair<string, string>> used =
        [
            .. nodes.Select(static one => one.Library).Where(libraries.ContainsKey).Distinct().Order(StringComparer.Ordinal)
                .Select(name => KeyValuePair.Create(name, libraries[name])),
        ];
        return named with
        {
            Inputs = [.. node.Member("inputs").Items().Select(static item => item.Value.GetString()!)],
            Nodes = nodes,
            Outputs = [.. node.Member("outputs").Items().SelectMany(Items)],
            DemultiplyCount = Dynamic(options.DemultiplyCount),
            EmptyResult = options.EmptyResultOnNoDetections,
            Libraries = used,
            Fingerprint = node.Value.GetRawText() + string.Concat(used.Select(static one => $"\n{one.Key}\n{one.Value}")),
        };
    }

    // 0 is an older notation of -1.
    private static int? Dynamic(int? count) => count == 0 ? -1 : count;

    private static PipelineNode ReadNode(ConfigNode node)
    {
        JsonElement value = node.Value;
        string model = Text(value, "model_name");
        string library = Text(value, "library_name");
        bool isCustom = Text(value, "type") == "custom";
        if (isCustom ? library.Length == 0 || model.Length > 0 : model.Length == 0 || library.Length > 0)
        {
            node.Findings.Add(OptionError.Malformed(
                node.Path,
                isCustom
                    ? "a custom node needs library_name and has no model_name"
                    : "a DL model node needs model_name and has no library_name"));
        }

        return new PipelineNode
        {
            Name = Text(value, "name"),
            Model = model,
            Library = library,
            Version = Number(node, "version", int.MaxValue) ?? 0,
            Parameters = value.TryGetProperty("params", out JsonElement parameters)
                ? [.. parameters.EnumerateObject().Select(static one => KeyValuePair.Create(one.Name, one.Value.GetString()!))]
                : [],
            Inputs = [.. node.Member("inputs").Items().SelectMany(Items)],
            Outputs =
            [
                .. value.GetProperty("outputs").EnumerateArray()
                    .Select(static one => new PipelineAlias(Text(one, "data_item"), Text(one, "alias"))),
            ],
            DemultiplyCount = Dynamic(Number(node, "demultiply_count", PipelineConfig.MostParts)),
            GatherFrom = Text(value, "gather_from_node"),
        };
    }

    private static IEnumerable<PipelineItem> Items(ConfigNode pair) => pair.Value.EnumerateObject()
        .Select(static one => new PipelineItem(one.Name, Text(one.Value, "node_name"), Text(one.Value, "data_item")));

    private static int? Number(ConfigNode node, string key, int most)
    {
        if (!node.Value.TryGetProperty(key, out JsonElement value))
        {
            return null;
        }

        if (value.TryGetInt32(out int number) && number <= most)
        {
            return number;
        }

        node.Findings.Add(OptionError.Malformed(node.Member(key).Path, $"expected at most {most}, got {value.GetRawText()}"));
        return null;
    }

    private static string Text(JsonElement value, string key) =>
        value.TryGetProperty(key, out JsonElement text) ? text.GetString() ?? "" : "";
}
