using System.Collections.Immutable;
using Ovms.Graphs.Calculators.OpenVino;
using Ovms.Graphs.Definitions;
using Ovms.Graphs.Scheduling;
using Ovms.Native;
using Ovms.Options;
using Ovms.Serving.Signatures;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Graphs.Execution;

/// <summary>
/// Finds the types and shapes of a graph's inputs and outputs: those of the models' ports that they lead straight to. Checks on the way
/// that the models are served and have the ports that the nodes name.
/// </summary>
/// <param name="graph">The graph, whose nodes fit their ports.</param>
/// <param name="table">What is served.</param>
internal sealed class GraphSignature(GraphDefinition graph, ServableTable table)
{
    // What streams carry that lead straight into or out of a model.
    private readonly Dictionary<string, TensorInfo> _read = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorInfo> _made = new(StringComparer.Ordinal);

    /// <summary>Finds them.</summary>
    /// <returns>The signature; or the first model that is not served or port that does not exist.</returns>
    public Outcome<Signature> Find()
    {
        Dictionary<string, ModelSession> sessions = graph.Nodes
            .Where(static node => node.Options is ModelSessionOptions)
            .ToDictionary(static node => node.OutputSides[0].Name, static node => ModelSession.Of((ModelSessionOptions)node.Options!));
        foreach (GraphNode node in graph.Nodes.Where(static node => node.Options is InferenceOptions))
        {
            InferencePorts ports = PortsOf(node);
            Outcome taken = sessions.TryGetValue(node.InputSides[ports.Session].Name, out ModelSession? session)
                ? Take(node, ports, session)
                : Outcome.Ok;
            if (!taken.IsOk)
            {
                return taken;
            }
        }

        return new Signature(
            [.. graph.Inputs.Select((edge, index) => InfoOf(edge, index, _read))],
            [.. graph.Outputs.Select((edge, index) => InfoOf(edge, index, _made))]);
    }

    private static InferencePorts PortsOf(GraphNode node)
    {
        NodePorts ports = new(Names(node.Inputs), Names(node.Outputs), Names(node.InputSides), Names(node.OutputSides));
        return InferencePorts.Of(ports, (InferenceOptions)node.Options!).Value!;
    }

    private static PortName[] Names(ImmutableArray<StreamName> names) =>
        [.. names.Select(static name => new PortName(name.Tag, name.Index))];

    private Outcome Take(GraphNode node, InferencePorts ports, ModelSession session)
    {
        Outcome<(ModelEntry Model, VersionEntry Version)> found = table.Find(session.Model, session.Version);
        if (!found.IsOk)
        {
            return NodeFault.OfModel(node.Described, session, found.WithoutValue);
        }

        Servable servable = found.Value.Version.Servable!;
        if (servable.Language is { } language)
        {
            return NodeFault.OfModel(node.Described, session, language.RefuseInference(session.Model));
        }

        Signature signature = servable.Accepted;
        foreach (TensorInfo input in signature.Inputs)
        {
            if (!ports.Inputs.Any(port => port.Tensors.Contains(input.Name)))
            {
                return Outcome.Fail(
                    StatusCode.GraphInitializationError,
                    $"{node.Described}: the model {session.Model} has the input {input.Name}, which no stream gives; add one for it.");
            }
        }

        return Take(node, session, "input", ports.Inputs, node.Inputs, signature.Inputs, _read) is { IsOk: false } fault
            ? fault
            : Take(node, session, "output", ports.Outputs, node.Outputs, signature.Outputs, _made);
    }

    private static Outcome Take(
        GraphNode node, ModelSession session, string side, ImmutableArray<InferencePort> ports, ImmutableArray<StreamName> streams,
        ImmutableArray<TensorInfo> tensors, Dictionary<string, TensorInfo> carried)
    {
        for (int i = 0; i < ports.Length; i++)
        {
            foreach (string name in ports[i].Tensors)
            {
                TensorInfo? tensor = tensors.FirstOrDefault(tensor => tensor.Name == name);
                if (tensor is null)
                {
                    return NoPort(node, session, side, name, [.. tensors.Select(static tensor => tensor.Name)]);
                }

                if (!ports[i].IsVector)
                {
                    carried.TryAdd(streams[i].Name, tensor);
                }
            }
        }

        return Outcome.Ok;
    }

    private static Outcome NoPort(GraphNode node, ModelSession session, string side, string name, string[] names)
    {
        string hint = NearestName.Of(name, names) is { } nearest ? $"; did you mean {nearest}?" : ".";
        return Outcome.Fail(
            StatusCode.GraphInitializationError,
            $"{node.Described}: the model {session.Model} has no {side} {Shown.Bounded(name)}, only {string.Join(", ", names)}{hint} "
                + $"Name one in tag_to_{side}_tensor_names.");
    }

    // A stream that leads to no model's port has no type of its own.
    private static TensorInfo InfoOf(GraphEdge edge, int index, Dictionary<string, TensorInfo> carried) =>
        carried.TryGetValue(edge.Name.Name, out TensorInfo? tensor)
            ? tensor with { Index = index, Name = edge.Name.Name }
            : new TensorInfo(index, edge.Name.Name, ElementType.Dynamic, PartialShape.DynamicRank, "...");
}
