using System.Collections.Immutable;
using Ovms.Configuration.Pipelines;
using Ovms.Pipelines.Libraries;

namespace Ovms.Pipelines.Definitions;

/// <summary>A node of a compiled pipeline.</summary>
/// <remarks>
/// A node is computed once for each path of parts that leads to it: never split, it has one session; below a demultiplexer of 3 parts,
/// 3 of them. Sessions are numbered by that path, the innermost part fastest.
/// </remarks>
internal sealed record PlannedNode
{
    /// <summary>The value of <see cref="Gathers"/> if it gathers nothing.</summary>
    public const int Nothing = -1;

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The node as written; null for the request and the response.</summary>
    public PipelineNode? Written { get; init; }

    /// <summary>Its inputs; of the response, the outputs of the pipeline.</summary>
    public ImmutableArray<NodePort> Inputs { get; init; } = [];

    /// <summary>Where each input comes from.</summary>
    public ImmutableArray<PlanSource> Sources { get; init; } = [];

    /// <summary>Those of its outputs that the configuration names; of the request, the inputs of the pipeline.</summary>
    public ImmutableArray<NodePort> Outputs { get; init; } = [];

    /// <summary>Number of parts that its outputs are split into; -1 = decided by each call. Null = not split.</summary>
    public int? Demultiply { get; init; }

    /// <summary>The index of the demultiplexer whose parts it gathers, or <see cref="Nothing"/>. The response gathers all.</summary>
    public int Gathers { get; init; } = Nothing;

    /// <summary>The demultiplexers whose parts lead to it, outermost first.</summary>
    public ImmutableArray<int> Levels { get; init; } = [];

    /// <summary>The nodes that take its outputs, each once.</summary>
    public ImmutableArray<int> Consumers { get; init; } = [];

    /// <summary>The nodes that it takes inputs from, each once.</summary>
    public ImmutableArray<int> SourceNodes { get; init; } = [];
}
