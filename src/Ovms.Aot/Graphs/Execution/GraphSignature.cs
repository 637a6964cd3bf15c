using System.Collections.Immutable;
using Ovms.Graphs.Definitions;
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
/// <param name="graph">The graph.</param>
/// <param name="plan">Its plan.</param>
/// <param name="table">What is served.</param>
internal sealed class GraphSignature(GraphDefinition graph, StraightPlan plan, ServableTable table)
{
    private readonly List<Signature> _signatures = [];

    /// <summary>Finds them.</summary>
    /// <returns>The signature; or the first model that is not served or port that does not exist.</returns>
    public Outcome<Signature> Find()
    {
        foreach (StraightStep step in plan.Steps)
        {
            Outcome<(ModelEntry Model, VersionEntry Version)> found = table.Find(step.Session.Model, step.Session.Version);
            if (!found.IsOk)
            {
                return NodeFault.OfModel(step, found.WithoutValue);
            }

            Servable servable = found.Value.Version.Servable!;
            if (servable.Language is { } language)
            {
                return NodeFault.OfModel(step, language.RefuseInference(step.Session.Model));
            }

            Outcome ports = CheckPorts(step, servable.Accepted);
            if (!ports.IsOk)
            {
                return ports;
            }

            _signatures.Add(servable.Accepted);
        }

        ImmutableArray<TensorInfo> inputs = [.. graph.Inputs.Select((edge, index) => InputOf(edge, index))];
        ImmutableArray<TensorInfo> outputs = [.. graph.Outputs.Select((edge, index) => OutputOf(edge, index, plan.Outputs[index]))];
        return new Signature(inputs, outputs);
    }

    private static Outcome CheckPorts(StraightStep step, Signature signature)
    {
        foreach ((string name, _) in step.Inputs)
        {
            if (signature.FindInput(name) is null)
            {
                return NoPort(step, "input", name, signature.Inputs);
            }
        }

        foreach (TensorInfo input in signature.Inputs)
        {
            if (!step.Inputs.Any(given => given.Name == input.Name))
            {
                return Outcome.Fail(
                    StatusCode.GraphInitializationError,
                    $"{step.Described}: the model {step.Session.Model} has the input {input.Name}, which no stream gives; add one for it.");
            }
        }

        foreach (string name in step.Outputs)
        {
            if (signature.FindOutput(name) is null)
            {
                return NoPort(step, "output", name, signature.Outputs);
            }
        }

        return Outcome.Ok;
    }

    private static Outcome NoPort(StraightStep step, string side, string name, ImmutableArray<TensorInfo> ports)
    {
        string[] names = [.. ports.Select(static port => port.Name)];
        string hint = NearestName.Of(name, names) is { } nearest ? $"; did you mean {nearest}?" : ".";
        return Outcome.Fail(
            StatusCode.GraphInitializationError,
            $"{step.Described}: the model {step.Session.Model} has no {side} {Shown.Bounded(name)}, "
                + $"only {string.Join(", ", names)}{hint} Name one in tag_to_{side}_tensor_names.");
    }

    // An input that leads nowhere, or to an output alone, has no type of its own.
    private TensorInfo InputOf(GraphEdge edge, int index)
    {
        TensorSource source = new(-1, index);
        for (int i = 0; i < plan.Steps.Length; i++)
        {
            foreach ((string name, TensorSource given) in plan.Steps[i].Inputs)
            {
                if (given == source)
                {
                    return _signatures[i].FindInput(name)! with { Index = index, Name = edge.Name.Name };
                }
            }
        }

        return Untyped(edge, index);
    }

    private TensorInfo OutputOf(GraphEdge edge, int index, TensorSource source) => source.IsInput
        ? InputOf(edge, source.Index) with { Index = index, Name = edge.Name.Name }
        : _signatures[source.Step].FindOutput(plan.Steps[source.Step].Outputs[source.Index])! with { Index = index, Name = edge.Name.Name };

    private static TensorInfo Untyped(GraphEdge edge, int index) =>
        new(index, edge.Name.Name, ElementType.Dynamic, PartialShape.DynamicRank, "...");
}
