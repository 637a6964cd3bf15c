using System.Collections.Immutable;
using Ovms.Configuration.Pipelines;
using Ovms.Native;
using Ovms.Pipelines.Libraries;
using Ovms.Serving.Signatures;
using Ovms.Status;

namespace Ovms.Pipelines.Definitions;

/// <summary>Puts checked nodes in order, and determines which parts lead to each.</summary>
internal static class PlanBuilder
{
    // How often one call may compute a node: each session takes memory and time of its own.
    private const int MostSessions = 1 << 20;

    /// <summary>Builds the plan.</summary>
    /// <param name="config">The definition.</param>
    /// <param name="connections">Its connections, which were checked.</param>
    /// <param name="faults">Gets all faults: a cycle, nodes that lead nowhere, inputs that no request could fit, parts that meet in the
    /// wrong order.</param>
    /// <returns>The plan; null if there are faults.</returns>
    public static PipelinePlan? Build(PipelineConfig config, Connections connections, ICollection<Outcome> faults)
    {
        ImmutableArray<PipelineNode> sorted = Sort(config);
        if (sorted.Length < config.Nodes.Length)
        {
            string circle = string.Join(", ", CircleOf([.. config.Nodes.Except(sorted)]).Select(static node => node.Name));
            faults.Add(Outcome.Fail(StatusCode.PipelineContainsCycle, $"These nodes wait for each other: {circle}"));
            return null;
        }

        string[] names = [PipelineConfig.Request, .. sorted.Select(static node => node.Name), PipelineConfig.Response];
        Dictionary<string, int> indexes = names.Select(static (name, index) => (name, index))
            .ToDictionary(static pair => pair.name, static pair => pair.index, StringComparer.Ordinal);
        FindLooseEnds(config, sorted, faults);
        PlannedNode[] nodes =
        [
            new PlannedNode
            {
                Name = PipelineConfig.Request,
                Outputs = RequestPorts.Of(config, connections, faults),
                Demultiply = config.DemultiplyCount,
            },
            .. sorted.Select(node => Node(node, connections.SignatureOf(node.Name), indexes)),
            new PlannedNode { Name = PipelineConfig.Response },
        ];
        PlanSource SourceOf(PipelineItem item) => new(indexes[item.Node], OutputOf(config, sorted, item));
        HashSet<int> faulty = [];
        for (int i = 1; i < nodes.Length - 1; i++)
        {
            PipelineNode written = nodes[i].Written!;
            ImmutableArray<PlanSource> sources =
                [.. nodes[i].Inputs.Select(port => SourceOf(written.Inputs.First(input => input.Name == port.Name)))];
            nodes[i] = nodes[i] with { Sources = sources };
            bool isBehindFault = sources.Any(source => faulty.Contains(source.Node));
            Outcome levels = isBehindFault ? Outcome.Ok : FindLevels(nodes, i);
            if (isBehindFault || !levels.IsOk)
            {
                faulty.Add(i);
            }

            if (!levels.IsOk)
            {
                faults.Add(levels);
            }
        }

        if (faults.Count > 0)
        {
            return null;
        }

        nodes[^1] = Response(config, nodes, SourceOf);
        return new PipelinePlan(config.Name, [.. Connect(nodes)], SignatureOf(nodes), config.EmptyResult);
    }

    /// <summary>The demultiplexers whose parts a node gives, outermost first.</summary>
    public static ImmutableArray<int> LevelsBehind(IReadOnlyList<PlannedNode> nodes, int node) =>
        nodes[node].Demultiply is null ? nodes[node].Levels : nodes[node].Levels.Add(node);

    private static int OutputOf(PipelineConfig config, ImmutableArray<PipelineNode> nodes, PipelineItem item) =>
        item.Node == PipelineConfig.Request
            ? config.Inputs.IndexOf(item.Item)
            : nodes.First(node => node.Name == item.Node).Outputs.ToList().FindIndex(output => output.Alias == item.Item);

    private static PlannedNode Node(PipelineNode node, NodeSignature signature, Dictionary<string, int> indexes) => new()
    {
        Name = node.Name,
        Written = node,
        Inputs = signature.Inputs,
        Outputs = [.. node.Outputs.Select(output => signature.Outputs.First(port => port.Name == output.Item))],
        Demultiply = node.DemultiplyCount,
        Gathers = node.GatherFrom.Length == 0 ? PlannedNode.Nothing : indexes[node.GatherFrom],
    };

    // The nodes so that each comes after those it takes inputs from; without those that wait for themselves.
    private static ImmutableArray<PipelineNode> Sort(PipelineConfig config)
    {
        List<PipelineNode> left = [.. config.Nodes];
        HashSet<string> done = [PipelineConfig.Request];
        ImmutableArray<PipelineNode>.Builder sorted = ImmutableArray.CreateBuilder<PipelineNode>();
        while (left.FindIndex(node => node.Inputs.All(input => done.Contains(input.Node))) is >= 0 and var next)
        {
            sorted.Add(left[next]);
            done.Add(left[next].Name);
            left.RemoveAt(next);
        }

        return sorted.ToImmutable();
    }

    // Without the nodes that are only behind the circle: in the end no other takes inputs from them.
    private static IEnumerable<PipelineNode> CircleOf(PipelineNode[] left)
    {
        Dictionary<string, PipelineNode> circle = left.ToDictionary(static node => node.Name, StringComparer.Ordinal);
        Dictionary<string, int> readers = left.SelectMany(static node => node.Inputs).CountBy(static input => input.Node)
            .ToDictionary(StringComparer.Ordinal);
        Stack<PipelineNode> behind = new(left.Where(node => !readers.ContainsKey(node.Name)));
        while (behind.TryPop(out PipelineNode? last))
        {
            circle.Remove(last.Name);
            foreach (PipelineItem input in last.Inputs)
            {
                if (--readers[input.Node] == 0 && circle.TryGetValue(input.Node, out PipelineNode? before))
                {
                    behind.Push(before);
                }
            }
        }

        return left.Where(node => circle.ContainsKey(node.Name));
    }

    // Every node must lead to the response.
    private static void FindLooseEnds(PipelineConfig config, ImmutableArray<PipelineNode> sorted, ICollection<Outcome> faults)
    {
        HashSet<string> used = [.. config.Outputs.Select(static output => output.Node)];
        foreach (PipelineNode node in sorted.Reverse())
        {
            if (!used.Contains(node.Name))
            {
                faults.Add(Outcome.Fail(
                    StatusCode.PipelineHasUnconnectedNodes, $"No output of the node {node.Name} leads to the response."));
            }

            // What leads to such a node leads somewhere: the node alone is at fault.
            used.UnionWith(node.Inputs.Select(static input => input.Node));
        }
    }

    private static Outcome FindLevels(PlannedNode[] nodes, int index)
    {
        PlannedNode node = nodes[index];
        ImmutableArray<int>? all = null;
        foreach (PlanSource source in node.Sources)
        {
            ImmutableArray<int> given = LevelsBehind(nodes, source.Node);
            if (node.Gathers != PlannedNode.Nothing)
            {
                if (given.IsEmpty || given[^1] != node.Gathers)
                {
                    return Outcome.Fail(
                        StatusCode.PipelineWrongGatherOrder,
                        $"Node: {node.Name}; it gathers the parts of {nodes[node.Gathers].Name}, but {nodes[source.Node].Name} gives "
                            + $"{(given.IsEmpty ? "whole tensors" : $"parts of {nodes[given[^1]].Name}")}.");
                }

                given = given.RemoveAt(given.Length - 1);
            }

            if (all is { } other && !other.SequenceEqual(given))
            {
                return Outcome.Fail(
                    StatusCode.PipelineWrongGatherOrder, $"Node: {node.Name}; its inputs are parts of different demultiplexers.");
            }

            all = given;
        }

        nodes[index] = node with { Levels = all ?? [] };
        return CheckSessions(nodes, index);
    }

    private static Outcome CheckSessions(PlannedNode[] nodes, int index)
    {
        // A dynamic count, which each call checks, stands alone.
        double sessions = nodes[index].Levels.Aggregate(1.0, (product, level) => product * nodes[level].Demultiply!.Value);
        return sessions <= MostSessions
            ? Outcome.Ok
            : Outcome.Fail(
                StatusCode.NotImplemented,
                $"Node: {nodes[index].Name}; the demultiplexers before it make {sessions:0} parts together; "
                    + $"at most {MostSessions} may be.");
    }

    private static PlannedNode Response(PipelineConfig config, PlannedNode[] nodes, Func<PipelineItem, PlanSource> sourceOf)
    {
        ImmutableArray<PlanSource> sources = [.. config.Outputs.Select(sourceOf)];
        return nodes[^1] with
        {
            Sources = sources,
            Inputs = [.. config.Outputs.Select((output, i) => Gathered(output.Name, nodes, sources[i]))],
        };
    }

    // Parts of a demultiplexer's own output gathered again are that output.
    private static NodePort Gathered(string name, PlannedNode[] nodes, PlanSource source)
    {
        PlannedNode from = nodes[source.Node];
        NodePort port = from.Outputs[source.Output];
        IEnumerable<int> counts = from.Levels.Select(level => nodes[level].Demultiply!.Value);
        return port with { Name = name, Shape = Shapes.Under(counts, WholeOf(from, port)) };
    }

    private static PartialShape WholeOf(PlannedNode node, NodePort port) =>
        node.Demultiply is { } count ? Shapes.Under([count], Shapes.WithoutFirst(port.Shape)) : port.Shape;

    private static IEnumerable<PlannedNode> Connect(PlannedNode[] nodes) => nodes.Select((node, index) => node with
    {
        SourceNodes = [.. node.Sources.Select(static source => source.Node).Distinct()],
        Consumers =
        [
            .. Enumerable.Range(0, nodes.Length).Where(other => nodes[other].Sources.Any(source => source.Node == index)),
        ],
    });

    private static Signature SignatureOf(PlannedNode[] nodes) => new(
        [.. nodes[0].Outputs.Select(static (port, index) => new TensorInfo(index, port.Name, port.Type, port.Shape, port.Layout))],
        [.. nodes[^1].Inputs.Select(static (port, index) => new TensorInfo(index, port.Name, port.Type, port.Shape, LayoutText.Unknown))]);
}
