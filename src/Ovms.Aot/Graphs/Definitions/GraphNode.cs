using System.Collections.Immutable;

namespace Ovms.Graphs.Definitions;

/// <summary>A node with its names parsed and its options typed.</summary>
/// <param name="Name">Its name; unique in the graph.</param>
/// <param name="Config">The node as written.</param>
/// <param name="Options">The options in the record of its calculator; null if the node gives none.</param>
internal sealed record GraphNode(string Name, NodeConfig Config, object? Options)
{
    /// <summary>Its inputs.</summary>
    public ImmutableArray<StreamName> Inputs { get; init; } = [];

    /// <summary>Its outputs.</summary>
    public ImmutableArray<StreamName> Outputs { get; init; } = [];

    /// <summary>The side packets that it reads.</summary>
    public ImmutableArray<StreamName> InputSides { get; init; } = [];

    /// <summary>The side packets that it makes.</summary>
    public ImmutableArray<StreamName> OutputSides { get; init; } = [];

    /// <summary>The inputs that close a cycle.</summary>
    public ImmutableArray<StreamName> BackEdges { get; init; } = [];

    /// <summary>How faults name it.</summary>
    public string Described => Describe(Name, Config.Calculator);

    /// <summary>How faults name a node.</summary>
    public static string Describe(string name, string calculator) => $"node {name} ({calculator})";
}
