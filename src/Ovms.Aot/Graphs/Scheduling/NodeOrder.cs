using Ovms.Status;

namespace Ovms.Graphs.Scheduling;

/// <summary>Puts nodes in an order in which producers come before consumers; otherwise they keep the order of the definition.</summary>
internal static class NodeOrder
{
    /// <summary>By streams, except over back edges.</summary>
    public static Outcome<int[]> OfStreams(NodeDefinition[] nodes, NameTable streams) => Of(
        nodes,
        [.. Enumerable.Range(0, nodes.Length)],
        node =>
        [
            .. Enumerable.Range(0, node.Inputs.Count)
                .Where(input => !IsBackEdge(node, input))
                .Select(input => streams.ProducerOf(node.Inputs[input])),
        ],
        "streams",
        "mark the input that closes it: input_stream_info { tag_index: \"TAG\" back_edge: true }");

    /// <summary>By side packets; nodes that do not depend on each other keep a given order.</summary>
    public static Outcome<int[]> OfSides(NodeDefinition[] nodes, NameTable sides, int[] order) => Of(
        nodes,
        order,
        node => [.. node.InputSides.Select(sides.ProducerOf)],
        "side packets",
        "a side packet must be there before its readers are opened");

    private static bool IsBackEdge(NodeDefinition node, int input) => node.BackEdges.Contains(node.Bound.Contract.Ports.Inputs[input]);

    private static Outcome<int[]> Of(
        NodeDefinition[] nodes, int[] candidates, Func<NodeDefinition, int[]> producers, string what, string remedy)
    {
        List<int> order = [];
        bool[] placed = new bool[nodes.Length];
        List<int> left = [.. candidates];
        while (left.Count > 0)
        {
            int next = left.FindIndex(node => Array.TrueForAll(producers(nodes[node]), producer => producer < 0 || placed[producer]));
            if (next < 0)
            {
                string names = string.Join(", ", left.Select(node => $"\"{nodes[node].Name}\""));
                return Outcome.Fail(
                    StatusCode.GraphInitializationError, $"{what} lead in a cycle through or to the nodes {names}; {remedy}");
            }

            placed[left[next]] = true;
            order.Add(left[next]);
            left.RemoveAt(next);
        }

        return order.ToArray();
    }
}
