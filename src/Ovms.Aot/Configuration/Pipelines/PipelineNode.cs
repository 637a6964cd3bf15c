using System.Collections.Immutable;

namespace Ovms.Configuration.Pipelines;

/// <summary>A node of a pipeline as written: a model, or a function of a custom node library.</summary>
internal sealed record PipelineNode
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The model that it calls; empty for a custom node.</summary>
    public string Model { get; init; } = "";

    /// <summary>The model's version; 0 = the default version at each call.</summary>
    public long Version { get; init; }

    /// <summary>The name of its custom node library; empty for a model.</summary>
    public string Library { get; init; } = "";

    /// <summary>Parameters for the library, in the order written.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Parameters { get; init; } = [];

    /// <summary>Its inputs and where they come from.</summary>
    public ImmutableArray<PipelineItem> Inputs { get; init; } = [];

    /// <summary>Its outputs.</summary>
    public ImmutableArray<PipelineAlias> Outputs { get; init; } = [];

    /// <summary>Number of parts that its outputs are split into; -1 = as many as their first dimension has. Null = not split.</summary>
    public int? DemultiplyCount { get; init; }

    /// <summary>The node whose parts it gathers; empty = none.</summary>
    public string GatherFrom { get; init; } = "";

    /// <summary>Whether a custom node library computes it.</summary>
    public bool IsCustom => Library.Length > 0;
}
