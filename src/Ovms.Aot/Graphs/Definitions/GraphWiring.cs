using System.Collections.Immutable;
using Ovms.Configuration.Graphs;
using Ovms.Options;

namespace Ovms.Graphs.Definitions;

/// <summary>Connects streams and side packets with those who make them, and orders the nodes.</summary>
/// <param name="definition">The graph's edges.</param>
/// <param name="nodes">The nodes, in the order written.</param>
/// <param name="faults">Receives every fault.</param>
internal sealed class GraphWiring(GraphDefinition definition, IReadOnlyList<GraphNode> nodes, GraphFaults faults)
{
    // The node that makes a stream or side packet; null for the graph's own.
    private readonly Dictionary<string, GraphNode?> _streams = new(StringComparer.Ordinal);
    private readonly Dictionary<string, GraphNode?> _sides = new(StringComparer.Ordinal);

    /// <summary>Checks that everything read has one maker, and orders the nodes.</summary>
    /// <returns>The nodes, each after those that it reads from, but for back edges.</returns>
    public ImmutableArray<GraphNode> Order()
    {
        foreach (GraphEdge edge in definition.Inputs)
        {
            _streams[edge.Name.Name] = null;
        }

        foreach (StreamName side in definition.InputSides)
        {
            _sides[side.Name] = null;
        }

        foreach (GraphNode node in nodes)
        {
            Claim(_streams, node, node.Outputs, "stream");
            Claim(_sides, node, node.OutputSides, "side packet");
        }

        foreach (GraphNode node in nodes)
        {
            Require(_streams, node.Config.Place, node.Inputs, $"input_stream of {node.Described}");
            Require(_sides, node.Config.Place, node.InputSides, $"input_side_packet of {node.Described}");
        }

        Require(_streams, new ProtoPlace(1, 1), [.. definition.Outputs.Select(static edge => edge.Name)], "output_stream of the graph");
        return faults.AreNone ? Sort() : [];
    }

    private void Claim(Dictionary<string, GraphNode?> makers, GraphNode node, ImmutableArray<StreamName> names, string what)
    {
        foreach (StreamName name in names)
        {
            if (!makers.TryAdd(name.Name, node))
            {
                string other = makers[name.Name] is { } maker ? $"by {maker.Described}" : "as an input of the graph";
                faults.Add(
                    node.Config.Place, $"the {what} {name.Name} of {node.Described} is made already {other}; give each its own name");
            }
        }
    }

    private void Require(Dictionary<string, GraphNode?> makers, ProtoPlace place, ImmutableArray<StreamName> names, string whose)
    {
        foreach (StreamName name in names)
        {
            // The nearest name of many is costly, and nobody would read it.
            if (!makers.ContainsKey(name.Name) && !faults.AreEnough)
            {
                string hint = NearestName.Of(name.Name, makers.Keys) is { } nearest ? $"; did you mean {nearest}?" : "";
                faults.Add(place, $"{whose}: {name.Name} is made by no node, and is no input of the graph{hint}");
            }
        }
    }

    // The order written is kept where edges allow it, so that faults and runs are the same each time.
    private ImmutableArray<GraphNode> Sort()
    {
        Dictionary<GraphNode, int> places = new(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < nodes.Count; i++)
        {
            places[nodes[i]] = i;
        }

        int[] missing = new int[nodes.Count];
        List<int>[] readers = [.. nodes.Select(static _ => new List<int>())];
        PriorityQueue<int, int> ready = new();
        for (int i = 0; i < nodes.Count; i++)
        {
            foreach (GraphNode before in Before(nodes[i]))
            {
                readers[places[before]].Add(i);
                missing[i]++;
            }

            if (missing[i] == 0)
            {
                ready.Enqueue(i, i);
            }
        }

        ImmutableArray<GraphNode>.Builder sorted = ImmutableArray.CreateBuilder<GraphNode>(nodes.Count);
        while (ready.TryDequeue(out int next, out _))
        {
            sorted.Add(nodes[next]);
            foreach (int reader in readers[next].Where(reader => --missing[reader] == 0))
            {
                ready.Enqueue(reader, reader);
            }
        }

        if (sorted.Count == nodes.Count)
        {
            return sorted.ToImmutable();
        }

        GraphNode[] circle = CircleOf([.. nodes.Where((_, index) => missing[index] > 0)]);
        string names = circle.Length == 1
            ? $"the node {circle[0].Name} waits for itself"
            : $"the nodes {string.Join(", ", circle.Select(static node => node.Name))} wait for one another in a circle";
        HashSet<GraphNode?> inCircle = new(circle, ReferenceEqualityComparer.Instance);
        bool isOfStreams = circle.Any(node => node.Inputs.Except(node.BackEdges).Any(name => inCircle.Contains(_streams[name.Name])));
        faults.Add(
            circle[0].Config.Place,
            isOfStreams
                ? $"{names}; mark the input that closes it: input_stream_info {{ tag_index: \"TAG\" back_edge: true }}"
                : $"{names} through side packets; take one of them from elsewhere");
        return [];
    }

    // Without the nodes that are only behind the circle: in the end no other reads from them.
    private GraphNode[] CircleOf(GraphNode[] left)
    {
        HashSet<GraphNode> circle = new(left, ReferenceEqualityComparer.Instance);
        Dictionary<GraphNode, int> readers = new(ReferenceEqualityComparer.Instance);
        foreach (GraphNode before in left.SelectMany(Before))
        {
            readers[before] = readers.GetValueOrDefault(before) + 1;
        }

        Stack<GraphNode> behind = new(left.Where(node => !readers.ContainsKey(node)));
        while (behind.TryPop(out GraphNode? last))
        {
            circle.Remove(last);
            foreach (GraphNode before in Before(last).Where(before => --readers[before] == 0 && circle.Contains(before)))
            {
                behind.Push(before);
            }
        }

        return [.. left.Where(circle.Contains)];
    }

    private IEnumerable<GraphNode> Before(GraphNode node) => node.Inputs.Except(node.BackEdges).Select(name => _streams[name.Name])
        .Concat(node.InputSides.Select(name => _sides[name.Name]))
        .OfType<GraphNode>();
}
