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

    /// <summary>
    /// Packets that may wait at one input of a node before the graph's inputs and sources are held back; 1 and up, −1 for the server's own
    /// bound.
    /// </summary>
    public int MaxQueueSize { get; init; } = 100;

    /// <summary>
    /// Whether a graph that holds its inputs back although nothing in it can run is an error; else its queues grow, up to the server's own
    /// bound.
    /// </summary>
    public bool ReportDeadlock { get; init; }

    /// <summary>Whether the observer is told which times are settled: see <see cref="IGraphObserver.OnSettledAsync"/>.</summary>
    public bool ReportsTimes { get; init; }

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
    public Outcome<GraphPlan> Build()
    {
        if (MaxQueueSize is 0 or < -1)
        {
            return Fail($"max_queue_size is {MaxQueueSize}; expected: -1 for the server's own bound, or 1 and up");
        }

        NodeDefinition[] nodes =
        [
            .. _nodes, .. _outputs.Select((stream, position) => OutputCalculator.Node(stream, position, ReportsTimes)),
        ];
        foreach (NodeDefinition node in nodes)
        {
            if (CheckNode(node) is string fault)
            {
                return Fail($"{Shown(node)}: {fault}");
            }
        }

        Outcome<NameTable> streams = NameTable.OfStreams(_inputs, nodes);
        if (!streams.IsOk)
        {
            return streams.WithoutValue;
        }

        Outcome<NameTable> sides = NameTable.OfSides(_sides, nodes);
        if (!sides.IsOk)
        {
            return sides.WithoutValue;
        }

        Outcome<int[]> order = NodeOrder.OfStreams(nodes, streams.Value);
        Outcome<int[]> opens = order.IsOk ? NodeOrder.OfSides(nodes, sides.Value, order.Value) : order;
        if (!opens.IsOk)
        {
            return opens.WithoutValue;
        }

        // From here on nodes are in the order of the plan.
        int[] places = new int[nodes.Length];
        for (int i = 0; i < nodes.Length; i++)
        {
            places[order.Value![i]] = i;
        }

        Outcome<PacketKind[]> kinds = StreamKinds.Of(_inputs, nodes, order.Value!, streams.Value);
        if (!kinds.IsOk)
        {
            return kinds.WithoutValue;
        }

        if (StreamKinds.CheckSides(_sides, nodes, sides.Value) is { IsOk: false } wrong)
        {
            return wrong;
        }

        NodeDefinition[] ordered = [.. order.Value!.Select(node => nodes[node])];
        return Assemble(ordered, [.. opens.Value!.Select(node => places[node])], streams.Value, sides.Value, kinds.Value);
    }

    private static string Shown(NodeDefinition node) => $"node \"{node.Name}\" ({node.Calculator})";

    private static Outcome Fail(string detail) => Outcome.Fail(StatusCode.GraphInitializationError, detail);

    private static string? CheckNode(NodeDefinition node)
    {
        NodePorts ports = node.Bound.Contract.Ports;
        if (node.Inputs.Count != ports.Inputs.Length || node.Outputs.Count != ports.Outputs.Length
            || node.InputSides.Count != ports.InputSides.Length || node.OutputSides.Count != ports.OutputSides.Length)
        {
            return "the numbers of its streams and of the ports of its calculator differ";
        }

        if (node.BackEdges.FirstOrDefault(port => !ports.Inputs.Contains(port)) is { Tag: not null } unknown)
        {
            return $"input_stream_info names the input {unknown}, which the node does not have; it has {string.Join(", ", ports.Inputs)}";
        }

        if (node.MaxInFlight is < 0 or > GraphLimits.MaxInFlight)
        {
            return $"max_in_flight is {node.MaxInFlight}; expected: 0 to {GraphLimits.MaxInFlight}";
        }

        return InputRules.Check(ports, node.Policy ?? node.Bound.Contract.Policy);
    }

    private GraphPlan Assemble(NodeDefinition[] nodes, int[] opens, NameTable streams, NameTable sides, PacketKind[] kinds)
    {
        int roots = _inputs.Count;
        PlanNode[] planned = new PlanNode[nodes.Length];
        for (int i = 0; i < nodes.Length; i++)
        {
            NodeDefinition node = nodes[i];
            CalculatorContract contract = node.Bound.Contract;
            planned[i] = new PlanNode
            {
                Index = i,
                Definition = node,
                Rule = InputRules.Of(contract, node.Policy ?? contract.Policy),
                Inputs = [.. node.Inputs.Select(streams.PlaceOf)],
                Outputs = [.. node.Outputs.Select(streams.PlaceOf)],
                InputSides = [.. node.InputSides.Select(sides.PlaceOf)],
                OutputSides = [.. node.OutputSides.Select(sides.PlaceOf)],
                MaxInFlight = node.MaxInFlight == 0 ? Environment.ProcessorCount : node.MaxInFlight,
                Root = contract.Ports.Inputs.Length == 0 && contract.Ports.Outputs.Length > 0 ? roots++ : -1,
            };
        }

        int[] inputs = [.. _inputs.Select(input => streams.PlaceOf(input.Name))];
        return new GraphPlan
        {
            Inputs = [.. _inputs],
            Outputs = [.. _outputs.Select(output => output with { Kind = kinds[streams.PlaceOf(output.Name)] })],
            InputSides = [.. _sides],
            RequiredSides = [.. _sides.Select(side => IsRequired(side.Name, nodes))],
            SideCount = sides.Count,
            Nodes = planned,
            OpenOrder = opens,
            Streams = StreamReach.Streams(streams, planned, inputs, roots),
            InputStreams = inputs,
            RootCount = roots,
            MaxQueueSize = MaxQueueSize == -1 ? GraphLimits.DefaultQueueSize : Math.Min(MaxQueueSize, GraphLimits.QueuedPackets),
            ReportDeadlock = ReportDeadlock,
        };
    }

    // A side packet that nobody reads is asked for all the same: the graph declares it.
    private static bool IsRequired(string side, NodeDefinition[] nodes)
    {
        bool isRead = false;
        foreach (NodeDefinition node in nodes)
        {
            for (int i = 0; i < node.InputSides.Count; i++)
            {
                if (node.InputSides[i] == side)
                {
                    isRead = true;
                    if (!node.Bound.Contract.OptionalSides[i])
                    {
                        return true;
                    }
                }
            }
        }

        return !isRead;
    }
}
