using System.Collections.Immutable;
using Ovms.Configuration.Pipelines;
using Ovms.Options;

namespace Ovms.Configuration;

/// <summary>The configuration as written. No model in it has been checked on disk or on a device.</summary>
internal sealed record ServerConfig
{
    /// <summary>The models, with unique names, in the order written.</summary>
    public required ImmutableArray<ModelOptions> Models { get; init; }

    /// <summary>Graphs; their names differ from the models'.</summary>
    public ImmutableArray<GraphEntry> Graphs { get; init; } = [];

    /// <summary>Pipelines; their names differ from the models' and the graphs'.</summary>
    public ImmutableArray<PipelineConfig> Pipelines { get; init; } = [];

    /// <summary>The names of everything that should be served.</summary>
    public IEnumerable<string> Names =>
        [
            .. Models.Select(static model => model.ModelName),
            .. Graphs.Select(static graph => graph.Name),
            .. Pipelines.Select(static pipeline => pipeline.Name),
        ];

    /// <summary>Log messages of level error about entries that are left out; everything else is served.</summary>
    public ImmutableArray<string> Errors { get; init; } = [];

    /// <summary>Log messages of level warning.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>Settings of metrics; null if the file has none.</summary>
    public Monitoring? Monitoring { get; init; }

    /// <summary>Changes with the written text; the same fingerprint means an unchanged configuration.</summary>
    public required string Fingerprint { get; init; }
}
