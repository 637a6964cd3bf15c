using System.Collections.Immutable;
using Ovms.Status;

namespace Ovms.Configuration.Graphs;

/// <summary>Finds the files that a graph names and that are read when it is loaded, without knowing its nodes.</summary>
internal static class GraphFiles
{
    private const int MostDepth = 8;

    private static readonly string[] s_fields = ["handler_path", "label_map_path"];

    /// <summary>The files, each once, in the order written; none if the text is malformed.</summary>
    /// <param name="text">The graph.</param>
    /// <param name="folder">The folder of its file, from which relative paths start.</param>
    public static ImmutableArray<string> In(string text, string folder)
    {
        if (!s_fields.Any(field => text.Contains(field, StringComparison.Ordinal)))
        {
            return [];
        }

        Outcome<ProtoMessage> graph = ProtoReader.Read(text, "");
        return graph.IsOk
            ? [.. In(graph.Value, 0).Where(static path => path.Length > 0).Select(path => Path.Combine(folder, path)).Distinct()]
            : [];
    }

    private static IEnumerable<string> In(ProtoMessage message, int depth) => depth == MostDepth
        ? []
        : message.Fields.SelectMany(field => field.Message is { } inner ? In(inner, depth + 1)
            : s_fields.Contains(field.Name) && field.AsText() is { } path ? [path]
            : []);
}
