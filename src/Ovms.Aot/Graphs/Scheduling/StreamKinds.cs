using Ovms.Graphs.Packets;
using Ovms.Status;

namespace Ovms.Graphs.Scheduling;

/// <summary>The kinds of a graph's streams, and whether both ends of each agree.</summary>
internal static class StreamKinds
{
    /// <summary>The kind of each stream, also through nodes that only hand packets on.</summary>
    /// <param name="inputs">Inputs of the graph.</param>
    /// <param name="nodes">The nodes.</param>
    /// <param name="order">Their order, producers first.</param>
    /// <param name="streams">The streams.</param>
    public static Outcome<PacketKind[]> Of(List<GraphStream> inputs, NodeDefinition[] nodes, int[] order, NameTable streams)
    {
        PacketKind[] kinds = new PacketKind[streams.Count];
        foreach (GraphStream input in inputs)
        {
            kinds[streams.PlaceOf(input.Name)] = input.Kind;
        }

        foreach (NodeDefinition node in order.Select(index => nodes[index]))
        {
            CalculatorContract contract = node.Bound.Contract;
            for (int i = 0; i < node.Outputs.Count; i++)
            {
                PacketKind own = contract.OutputKinds[i];
                bool handsOn = own == PacketKind.Any && contract.SameAsInput[i] >= 0;
                kinds[streams.PlaceOf(node.Outputs[i])] = handsOn ? kinds[streams.PlaceOf(node.Inputs[contract.SameAsInput[i]])] : own;
            }
        }

        foreach (NodeDefinition node in nodes)
        {
            for (int i = 0; i < node.Inputs.Count; i++)
            {
                PacketKind expected = node.Bound.Contract.InputKinds[i];
                PacketKind comes = kinds[streams.PlaceOf(node.Inputs[i])];
                if (!expected.Fits(comes))
                {
                    return Mismatch(node, node.Bound.Contract.Ports.Inputs[i], $"stream \"{node.Inputs[i]}\"", expected, comes);
                }
            }
        }

        return kinds;
    }

    /// <summary>Whether both ends of each side packet agree.</summary>
    public static Outcome CheckSides(List<GraphStream> inputs, NodeDefinition[] nodes, NameTable sides)
    {
        PacketKind[] kinds = new PacketKind[sides.Count];
        foreach (GraphStream input in inputs)
        {
            kinds[sides.PlaceOf(input.Name)] = input.Kind;
        }

        Dictionary<string, NodeDefinition> late = new(StringComparer.Ordinal);
        foreach (NodeDefinition node in nodes)
        {
            for (int i = 0; i < node.OutputSides.Count; i++)
            {
                kinds[sides.PlaceOf(node.OutputSides[i])] = node.Bound.Contract.OutputSideKinds[i];
                if (node.Bound.Contract.SetsSidesLate)
                {
                    late[node.OutputSides[i]] = node;
                }
            }
        }

        foreach (NodeDefinition node in nodes)
        {
            for (int i = 0; i < node.InputSides.Count; i++)
            {
                if (late.TryGetValue(node.InputSides[i], out NodeDefinition? maker))
                {
                    return Outcome.Fail(
                        StatusCode.GraphInitializationError,
                        $"node \"{node.Name}\" ({node.Calculator}): the side packet \"{node.InputSides[i]}\" is set by node "
                            + $"\"{maker.Name}\" ({maker.Calculator}) while the graph runs, but nodes take side packets when they are "
                            + "opened; give this node the stream instead");
                }

                PacketKind expected = node.Bound.Contract.InputSideKinds[i];
                PacketKind comes = kinds[sides.PlaceOf(node.InputSides[i])];
                if (!expected.Fits(comes))
                {
                    PortName port = node.Bound.Contract.Ports.InputSides[i];
                    return Mismatch(node, port, $"side packet \"{node.InputSides[i]}\"", expected, comes);
                }
            }
        }

        return Outcome.Ok;
    }

    private static Outcome Mismatch(NodeDefinition node, PortName port, string what, PacketKind expected, PacketKind comes) => Outcome.Fail(
        StatusCode.GraphInitializationError,
        $"node \"{node.Name}\" ({node.Calculator}): {port} takes {expected}, but {what} carries {comes}");
}
