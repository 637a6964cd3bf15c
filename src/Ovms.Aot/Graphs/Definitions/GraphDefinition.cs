using System.Collections.Immutable;

namespace Ovms.Graphs.Definitions;

/// <summary>A graph whose text is right: every node is known, and every stream has a producer.</summary>
/// <param name="Path">Its file.</param>
/// <param name="Config">The graph as written.</param>
/// <param name="Nodes">Its nodes, each after those that it reads from, but for back edges.</param>
internal sealed record GraphDefinition(string Path, GraphConfig Config, ImmutableArray<GraphNode> Nodes)
{
    /// <summary>Its inputs.</summary>
    public ImmutableArray<GraphEdge> Inputs { get; init; } = [];

    /// <summary>Its outputs.</summary>
    public ImmutableArray<GraphEdge> Outputs { get; init; } = [];

    /// <summary>The side packets that calls give.</summary>
    public ImmutableArray<StreamName> InputSides { get; init; } = [];

    /// <summary>Sentences about what has no effect.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];
}

/// <summary>A stream at the edge of a graph, which callers know by its name.</summary>
/// <param name="Name">Its name with its tag.</param>
/// <param name="Kind">What it carries.</param>
internal sealed record GraphEdge(StreamName Name, EdgeKind Kind);
