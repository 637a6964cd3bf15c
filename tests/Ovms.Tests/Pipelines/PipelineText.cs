using System.Collections.Immutable;
using Ovms.Configuration.Pipelines;
using Ovms.Pipelines.Libraries;

namespace Ovms.Tests.Pipelines;

/// <summary>Reads pipelines in short: <c>node [model] input=source.item… [*count] [&lt;gather] [&gt;output]; … | source.item…</c>.</summary>
internal static class PipelineText
{
    /// <param name="text">The text; nodes without a model have only their name.</param>
    /// <param name="requestCount">The count of the request; null = it is not split.</param>
    /// <param name="modelOf">The model of a node without one.</param>
    /// <param name="outputsOf">The outputs of a model, all of which get their own names as aliases.</param>
    public static PipelineConfig Read(string text, int? requestCount, Func<string, string> modelOf, Func<string, ImmutableArray<NodePort>> outputsOf)
    {
        string[] halves = text.Split('|');
        HashSet<string> names = [];
        return new PipelineConfig
        {
            Name = "p",
            Fingerprint = "",
            Inputs = ["x"],
            DemultiplyCount = requestCount,
            Nodes = [.. halves[0].Split(';').Select(node => NodeOf(node, modelOf, outputsOf))],
            Outputs = [.. halves[1].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(item => Item(Fresh(names, item.Split('.')[1]), item))],
        };
    }

    private static string Fresh(HashSet<string> names, string name) => names.Add(name) ? name : Fresh(names, name + "2");

    private static PipelineNode NodeOf(string text, Func<string, string> modelOf, Func<string, ImmutableArray<NodePort>> outputsOf)
    {
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string model = words.Length > 1 && !words[1].Contains('=') ? words[1] : modelOf(words[0]);
        string[] outputs = [.. words.Where(static word => word[0] == '>').Select(static word => word[1..])];
        return new PipelineNode
        {
            Name = words[0],
            Model = model,
            Inputs = [.. words[1..].Where(static word => word.Contains('=')).Select(static word => Item(word.Split('=')[0], word.Split('=')[1]))],
            Outputs = outputs.Length == 0
                ? [.. outputsOf(model).Select(static port => new PipelineAlias(port.Name, port.Name))]
                : [.. outputs.Select(static output => new PipelineAlias(output, output))],
            DemultiplyCount = words.FirstOrDefault(static word => word[0] == '*') is { } count ? int.Parse(count[1..]) : null,
            GatherFrom = words.FirstOrDefault(static word => word[0] == '<')?[1..] ?? "",
        };
    }

    private static PipelineItem Item(string name, string source) => new(name, source.Split('.')[0], source.Split('.')[1]);
}
