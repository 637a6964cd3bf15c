using Microsoft.Extensions.ObjectPool;

namespace Ovms.Graphs.Scheduling;

/// <summary>
/// A graph ready to run: nodes, streams and who reads them. Immutable and shared by all of its running instances, whose memory it keeps for
/// the next ones. Made by <see cref="GraphPlanBuilder"/>.
/// </summary>
internal sealed class GraphPlan
{
    private readonly DefaultObjectPool<GraphInstance> _idle;

    /// <summary>Creates a plan without idle instances.</summary>
    public GraphPlan() => _idle = new DefaultObjectPool<GraphInstance>(new Policy(this), GraphLimits.IdleInstances);

    /// <summary>The graph's input streams.</summary>
    public required GraphStream[] Inputs { get; init; }

    /// <summary>The graph's output streams.</summary>
    public required GraphStream[] Outputs { get; init; }

    /// <summary>The graph's input side packets.</summary>
    public required GraphStream[] InputSides { get; init; }

    /// <summary>For each of <see cref="InputSides"/> whether the graph cannot start without it.</summary>
    public required bool[] RequiredSides { get; init; }

    /// <summary>Places for side packets: those of the graph's inputs, then those that nodes make.</summary>
    public required int SideCount { get; init; }

    /// <summary>The nodes, producers before consumers except over back edges; the last ones are the graph's outputs.</summary>
    public required PlanNode[] Nodes { get; init; }

    /// <summary>The nodes in the order in which they are opened: makers of side packets before readers.</summary>
    public required int[] OpenOrder { get; init; }

    /// <summary>The streams.</summary>
    public required PlanStream[] Streams { get; init; }

    /// <summary>The stream of each input of the graph.</summary>
    public required int[] InputStreams { get; init; }

    /// <summary>Number of inputs and sources: what <see cref="PlanStream.Roots"/> counts.</summary>
    public required int RootCount { get; init; }

    /// <summary>Packets that may wait at one input before what feeds it is held back.</summary>
    public required int MaxQueueSize { get; init; }

    /// <summary>Whether a graph that holds its inputs back for ever fails, instead of letting its queues grow.</summary>
    public required bool ReportDeadlock { get; init; }

    /// <summary>
    /// An instance that nobody uses, new or used before. It belongs to the caller until it is disposed, which ends its run and returns its
    /// memory.
    /// </summary>
    public GraphInstance Rent()
    {
        GraphInstance instance = _idle.Get();
        instance.BeginUse();
        return instance;
    }

    /// <summary>Keeps an instance whose run has ended for another one.</summary>
    internal void Return(GraphInstance instance) => _idle.Return(instance);

    private sealed class Policy(GraphPlan plan) : PooledObjectPolicy<GraphInstance>
    {
        public override GraphInstance Create() => new(plan);

        public override bool Return(GraphInstance obj) => true;
    }
}
