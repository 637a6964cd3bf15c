using System.Collections.Immutable;
using Ovms.Graphs.Calculators.OpenVino;
using Ovms.Graphs.Definitions;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Execution;

/// <summary>Makes the plan of a graph of session and inference nodes: streams become places of tensors.</summary>
internal sealed class StraightPlanner
{
    private readonly GraphDefinition _definition;
    private readonly Dictionary<string, Carried> _streams = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ModelSession> _sessions = new(StringComparer.Ordinal);
    private readonly List<StraightStep> _steps = [];

    public StraightPlanner(GraphDefinition definition)
    {
        _definition = definition;
        for (int i = 0; i < definition.Inputs.Length; i++)
        {
            _streams[definition.Inputs[i].Name.Name] = new Carried([new TensorSource(-1, i)], IsVector: false);
        }
    }

    /// <summary>Makes the plan.</summary>
    public Outcome<IGraphPlan> Plan()
    {
        foreach (GraphNode node in _definition.Nodes)
        {
            Outcome added = node.Options is ModelSessionOptions session ? AddSession(node, session) : AddInference(node);
            if (!added.IsOk)
            {
                return Outcome.Fail(added.Code, $"{_definition.Path}, {node.Config.Place}: {node.Described}: {added.Detail}.");
            }
        }

        ImmutableArray<TensorSource>.Builder outputs = ImmutableArray.CreateBuilder<TensorSource>();
        foreach (GraphEdge output in _definition.Outputs)
        {
            Carried carried = _streams[output.Name.Name];
            if (carried.IsVector)
            {
                return Outcome.Fail(
                    StatusCode.GraphInitializationError,
                    $"{_definition.Path}: the output {output.Name.Name} of the graph is a vector of tensors; "
                        + "give each tensor a stream of its own, with a tag such as OVTENSOR.");
            }

            outputs.Add(carried.Sources[0]);
        }

        return new StraightPlan(_definition, [.. _steps], outputs.ToImmutable());
    }

    private Outcome AddSession(GraphNode node, ModelSessionOptions options)
    {
        if (node.OutputSides is not [{ Tag: InferencePorts.SessionTag } side] || !node.Inputs.IsEmpty || !node.Outputs.IsEmpty)
        {
            return Fail("it makes one side packet and has no streams; expected output_side_packet: \"SESSION:name\"");
        }

        if (options.ServableName.Length == 0)
        {
            return Fail("servable_name is empty; expected the name of a model that is served");
        }

        _sessions[side.Name] = ModelSession.Of(options);
        return Outcome.Ok;
    }

    private Outcome AddInference(GraphNode node)
    {
        NodePorts ports = new(Names(node.Inputs), Names(node.Outputs), Names(node.InputSides), Names(node.OutputSides));
        Outcome<InferencePorts> found = InferencePorts.Of(ports, (InferenceOptions)node.Options!);
        if (!found.IsOk)
        {
            return found.WithoutValue;
        }

        if (!_sessions.TryGetValue(node.InputSides[found.Value.Session].Name, out ModelSession? session))
        {
            return Fail("its SESSION is no session; expected the side packet of a session node");
        }

        List<(string Name, TensorSource Source)> inputs = [];
        for (int i = 0; i < node.Inputs.Length; i++)
        {
            Outcome added = AddInput(inputs, node.Inputs[i], found.Value.Inputs[i]);
            if (!added.IsOk)
            {
                return added;
            }
        }

        List<string> outputs = [];
        for (int i = 0; i < node.Outputs.Length; i++)
        {
            InferencePort port = found.Value.Outputs[i];
            _streams[node.Outputs[i].Name] = new Carried([.. port.Tensors.Select(tensor => SourceOf(outputs, tensor))], port.IsVector);
        }

        _steps.Add(new StraightStep(node.Name, node.Described, session, [.. inputs], [.. outputs]));
        return Outcome.Ok;
    }

    private Outcome AddInput(List<(string Name, TensorSource Source)> inputs, StreamName stream, InferencePort port)
    {
        Carried carried = _streams[stream.Name];
        if (carried.IsVector != port.IsVector)
        {
            return Fail(
                $"{port.Port} takes {Described(port.IsVector)}, but the stream {stream.Name} carries {Described(carried.IsVector)}");
        }

        if (carried.Sources.Length != port.Tensors.Length)
        {
            return Fail(
                $"input_order_list has {port.Tensors.Length} names, but the stream {stream.Name} carries "
                    + $"{carried.Sources.Length} tensors");
        }

        for (int i = 0; i < port.Tensors.Length; i++)
        {
            if (inputs.Exists(input => input.Name == port.Tensors[i]))
            {
                return Fail($"the model's input {port.Tensors[i]} is given twice; give each tensor one stream");
            }

            inputs.Add((port.Tensors[i], carried.Sources[i]));
        }

        return Outcome.Ok;
    }

    private TensorSource SourceOf(List<string> outputs, string tensor)
    {
        int index = outputs.IndexOf(tensor);
        if (index < 0)
        {
            index = outputs.Count;
            outputs.Add(tensor);
        }

        return new TensorSource(_steps.Count, index);
    }

    private static PortName[] Names(ImmutableArray<StreamName> names) =>
        [.. names.Select(static name => new PortName(name.Tag, name.Index))];

    private static string Described(bool isVector) => isVector ? "a vector of tensors" : "one tensor";

    private static Outcome Fail(string why) => Outcome.Fail(StatusCode.GraphInitializationError, why);

    // What a stream carries.
    private sealed record Carried(ImmutableArray<TensorSource> Sources, bool IsVector);
}
