namespace Ovms.Graphs.Scheduling;

/// <summary>A node as the builder of a plan takes it. Names of streams and side packets are in the order of the contract's ports.</summary>
/// <param name="Name">The node's name; unique, in messages.</param>
/// <param name="Calculator">The calculator's name, in messages.</param>
/// <param name="Bound">The calculator with the node's options.</param>
internal sealed record NodeDefinition(string Name, string Calculator, BoundCalculator Bound)
{
    /// <summary>Names of the input streams.</summary>
    public IReadOnlyList<string> Inputs { get; init; } = [];

    /// <summary>Names of the output streams.</summary>
    public IReadOnlyList<string> Outputs { get; init; } = [];

    /// <summary>Names of the input side packets.</summary>
    public IReadOnlyList<string> InputSides { get; init; } = [];

    /// <summary>Names of the output side packets.</summary>
    public IReadOnlyList<string> OutputSides { get; init; } = [];

    /// <summary>The inputs that close a cycle.</summary>
    public IReadOnlyList<PortName> BackEdges { get; init; } = [];

    /// <summary>The rule of the graph for this node's inputs; null for the calculator's own.</summary>
    public InputPolicy? Policy { get; init; }

    /// <summary>Runs of the node at the same time: 1 and up; 0 leaves it to the server. Outputs keep the order of the runs.</summary>
    public int MaxInFlight { get; init; } = 1;

    /// <summary>For a node without inputs: those of smaller layers run until they end before those of larger ones begin.</summary>
    public int SourceLayer { get; init; }
}
