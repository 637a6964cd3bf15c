using System.Collections.Immutable;
using Ovms.Configuration.Graphs;
using Ovms.Status;

namespace Ovms.Graphs.Definitions;

/// <summary>Reads the text of a graph into a definition. Pure: no disk, no models.</summary>
internal static class GraphReader
{
    /// <summary>Reads a graph.</summary>
    /// <param name="path">Its file, for the sentences.</param>
    /// <param name="text">The file's text.</param>
    /// <param name="calculators">The calculators that graphs may name.</param>
    /// <returns>The definition; or its faults, those of the first step that finds any, each with its place.</returns>
    public static Outcome<GraphDefinition> Read(string path, string text, IReadOnlyDictionary<string, CalculatorRow> calculators)
    {
        Outcome<ProtoMessage> tree = ProtoReader.Read(text, path);
        if (!tree.IsOk)
        {
            return Outcome.Fail(StatusCode.GraphFileInvalid, tree.Detail);
        }

        if (tree.Value.Fields.Count == 0)
        {
            return Outcome.Fail(StatusCode.GraphFileInvalid, $"{path} is empty; expected a graph with nodes and streams.");
        }

        GraphFaults texts = new(path);
        GraphFaults faults = new(path);
        GraphConfig config = GraphConfig.Read(tree.Value, new ProtoPlace(1, 1), texts);
        NodeReader reader = new(calculators, texts, faults);
        GraphNode[] nodes = texts.AreNone ? [.. config.Node.Select(reader.Read)] : [];
        if (!texts.AreNone)
        {
            return texts.ToOutcome(StatusCode.GraphFileInvalid);
        }

        IGrouping<string, GraphNode>? twice = nodes.Where(static node => node.Calculator.ServerSide is not null)
            .GroupBy(static node => node.Name).FirstOrDefault(static named => named.Count() > 1);
        if (twice is not null)
        {
            return Outcome.Fail(
                StatusCode.PythonNodeNameExists,
                $"{path}, {twice.Last().Config.Place}: the name {twice.Key} is that of another node; give each Python node its own.");
        }

        if (PoolDirective.Check(text) is { } pool)
        {
            return Outcome.Fail(StatusCode.GraphFileInvalid, $"{path}, {pool}.");
        }

        Outcome<GraphDefinition> edges = EdgeRules.Check(path, config);
        if (!edges.IsOk)
        {
            return edges;
        }

        RefuseLegacy(tree.Value, faults);
        if (config.MaxQueueSize is 0 or < -1)
        {
            faults.Add(
                tree.Value.Last("max_queue_size")!.Place,
                $"max_queue_size is {config.MaxQueueSize}; expected: -1 for the server's own bound, or 1 and up");
        }

        ImmutableArray<GraphNode> order = faults.AreNone ? new GraphWiring(edges.Value, nodes, faults).Order() : [];
        return faults.AreNone
            ? edges.Value with { Nodes = order, Warnings = [.. WarningsOf(path, config)] }
            : faults.ToOutcome(StatusCode.GraphInitializationError);
    }

    private static void RefuseLegacy(ProtoMessage tree, GraphFaults faults)
    {
        foreach (ProtoField field in tree.Fields.Where(
            static field => field.Name is "packet_factory" or "packet_generator" or "status_handler"))
        {
            faults.Add(field.Place, $"{field.Name} is not served; use a calculator with an output_side_packet");
        }
    }

    private static IEnumerable<string> WarningsOf(string path, GraphConfig config)
    {
        if (config.NumThreads > 0)
        {
            yield return $"{path}: num_threads has no effect; nodes run on the server's threads";
        }
    }
}
