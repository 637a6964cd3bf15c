using System.Collections.Immutable;
using System.Globalization;
using Ovms.Configuration;
using Ovms.Configuration.Pipelines;

namespace Ovms.Serving.Loading;

/// <summary>What a servable is composed of.</summary>
/// <param name="Name">The name it is served under.</param>
/// <param name="Fingerprint">Changes with the definition.</param>
/// <param name="Uses">The servables that it calls.</param>
internal sealed record ComposedSettings(string Name, string Fingerprint, ImmutableArray<UsedServable> Uses)
{
    /// <summary>The pipeline's definition; null for a graph.</summary>
    public PipelineConfig? Pipeline { get; private init; }

    /// <summary>The graph; null for a pipeline.</summary>
    public GraphEntry? Graph { get; private init; }

    /// <summary>The settings of a pipeline.</summary>
    public static ComposedSettings Of(PipelineConfig pipeline) => new(
        pipeline.Name,
        pipeline.Fingerprint,
        [
            .. pipeline.Nodes.Where(static node => !node.IsCustom)
                .Select(static node => new UsedServable(node.Model, node.Version)).Distinct(),
        ])
    {
        Pipeline = pipeline,
    };

    /// <summary>The settings of a graph.</summary>
    public static ComposedSettings Of(GraphEntry graph) => new(
        graph.Name,
        $"{graph.Path}\n{graph.Fault.Text}\n{graph.Text}",
        [.. graph.Models.Select(static model => new UsedServable(model.Name, VersionOf(model.Version)))])
    {
        Graph = graph,
    };

    /// <summary>Whether the other settings are equivalent.</summary>
    public bool IsLike(ComposedSettings other) => Fingerprint == other.Fingerprint;

    private static long VersionOf(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long version) ? version : 0;
}
