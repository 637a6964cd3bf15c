using System.Collections.Immutable;
using Ovms.Status;

namespace Ovms.Configuration.Graphs;

/// <summary>A model that a graph names.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version as written; empty for the default one.</param>
internal readonly record struct GraphModel(string Name, string Version);

/// <summary>Finds the models that a graph names, without knowing its other nodes.</summary>
internal static class GraphModels
{
    private const string Session = "OpenVINOModelServerSessionCalculator";

    /// <summary>The models of session nodes, each once, in the order written; none if the text is malformed.</summary>
    /// <param name="text">The graph.</param>
    public static ImmutableArray<GraphModel> In(string text)
    {
        Outcome<ProtoMessage> graph = ProtoReader.Read(text, "");
        return graph.IsOk
            ?
            [
                .. graph.Value.All("node").Select(static node => node.Message).OfType<ProtoMessage>()
                    .Where(static node => node.Last("calculator")?.Scalar?.EndsWith(Session, StringComparison.Ordinal) == true)
                    .Select(ModelOf).OfType<GraphModel>().Distinct(),
            ]
            : [];
    }

    // What stands in options counts where both forms are given.
    private static GraphModel? ModelOf(ProtoMessage node)
    {
        ProtoMessage? options = node.All("node_options").Concat(node.All("options"))
            .SelectMany(static holder => holder.Message?.Fields ?? [])
            .LastOrDefault()?.Message;
        return options?.Last("servable_name")?.AsText() is { Length: > 0 } name
            ? new GraphModel(name, options.Last("servable_version")?.AsText() ?? "")
            : null;
    }
}
