using System.Collections.Immutable;
using Ovms.Configuration.Pipelines;

namespace Ovms.Serving.Loading;

/// <summary>What a servable is composed of.</summary>
/// <param name="Pipeline">The pipeline's definition.</param>
/// <param name="Uses">The servables that it calls.</param>
internal sealed record ComposedSettings(PipelineConfig Pipeline, ImmutableArray<UsedServable> Uses)
{
    /// <summary>The settings of a pipeline.</summary>
    public static ComposedSettings Of(PipelineConfig pipeline) => new(
        pipeline,
        [
            .. pipeline.Nodes.Where(static node => !node.IsCustom)
                .Select(static node => new UsedServable(node.Model, node.Version)).Distinct(),
        ]);

    /// <summary>Whether the other settings are equivalent.</summary>
    public bool IsLike(ComposedSettings other) => Pipeline.Fingerprint == other.Pipeline.Fingerprint;
}
