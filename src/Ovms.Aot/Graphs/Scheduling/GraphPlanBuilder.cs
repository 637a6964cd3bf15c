using Ovms.Graphs.Packets;
using Ovms.Status;

namespace Ovms.Graphs.Scheduling;

/// <summary>
/// Makes a <see cref="GraphPlan"/>. Positions of inputs, outputs and side packets are those in which they were added. Names of streams are
/// checked by <see cref="Build"/>, which names the node and the stream at fault.
/// </summary>
internal sealed class GraphPlanBuilder
{
    private readonly List<GraphStream> _inputs = [];
    private readonly List<GraphStream> _outputs = [];
    private readonly List<GraphStream> _sides = [];
    private readonly List<NodeDefinition> _nodes = [];

    /// <summary>Packets that may wait at one input of a node before the graph's inputs and sources are held back; 1 and up, −1 for the server's own bound.</summary>
    public int MaxQueueSize { get; init; } = 100;

    /// <summary>Whether a graph that holds its inputs back although nothing in it can run is an error; else its queues grow, up to the server's own bound.</summary>
    public bool ReportDeadlock { get; init; }

    /// <summary>Adds an input stream of the graph.</summary>
    public void AddInput(string name, PacketKind kind) => _inputs.Add(new GraphStream(name, kind));

    /// <summary>Adds an output stream of the graph, written by a node or an input of the graph itself.</summary>
    public void AddOutput(string name, PacketKind kind) => _outputs.Add(new GraphStream(name, kind));

    /// <summary>Adds an input side packet of the graph.</summary>
    public void AddInputSide(string name, PacketKind kind) => _sides.Add(new GraphStream(name, kind));

    /// <summary>Adds a node.</summary>
    public void AddNode(NodeDefinition node) => _nodes.Add(node);

    /// <summary>
    /// Checks and makes the plan: one producer for each stream and side packet, one for each that is read, kinds that fit, cycles only
    /// through back edges, policies that fit the ports.
    /// </summary>
    public Outcome<GraphPlan> Build() => throw new NotSupportedException();
}
