namespace Ovms.Graphs.Scheduling;

/// <summary>
/// A graph ready to run: nodes, streams and who reads them. Immutable and shared by all of its running instances. Made by
/// <see cref="GraphPlanBuilder"/>.
/// </summary>
internal sealed class GraphPlan
{
    /// <summary>The graph's input streams.</summary>
    public required GraphStream[] Inputs { get; init; }

    /// <summary>The graph's output streams.</summary>
    public required GraphStream[] Outputs { get; init; }

    /// <summary>The graph's input side packets.</summary>
    public required GraphStream[] InputSides { get; init; }

    /// <summary>
    /// An instance that no one uses, new or used before. It belongs to the caller until it is disposed, which ends its run and returns its memory.
    /// </summary>
    public GraphInstance Rent() => throw new NotSupportedException();
}
