using System.Collections.Immutable;
using Ovms.Graphs.Calculators.OpenVino;
using Ovms.Graphs.Definitions;
using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Observability.Metrics;
using Ovms.Status;

namespace Ovms.Graphs.Execution;

/// <summary>
/// A graph of session and inference nodes alone: each call computes its inferences one after the other, without packets and queues.
/// </summary>
/// <param name="Graph">The graph.</param>
/// <param name="Steps">The inferences, each after those that it reads from.</param>
/// <param name="Outputs">The tensor of each output of the graph.</param>
internal sealed record StraightPlan(
    GraphDefinition Graph, ImmutableArray<StraightStep> Steps, ImmutableArray<TensorSource> Outputs) : IGraphPlan
{
    /// <inheritdoc/>
    public GraphCallRun Begin(ModelCalls calls, InferMessage message, NodeTimes? times) =>
        new StraightRun(Graph, this, calls, message, times);

    /// <summary>Whether a graph can be computed so.</summary>
    public static bool Fits(GraphDefinition definition) =>
        definition.Inputs.Concat(definition.Outputs)
            .All(static edge => edge.Kind is not (EdgeKind.Request or EdgeKind.Response or EdgeKind.Image or EdgeKind.Python))
        && IsDefault(definition.Config.InputStreamHandler)
        && definition.Nodes.All(static node =>
            node.Options is ModelSessionOptions or InferenceOptions && node.BackEdges.IsEmpty && IsDefault(node.Config.InputStreamHandler));

    /// <summary>Makes the plan of a graph that <see cref="Fits"/>.</summary>
    /// <param name="definition">The graph.</param>
    /// <returns>The plan; or the first node that does not fit its streams.</returns>
    public static Outcome<IGraphPlan> Of(GraphDefinition definition) => new StraightPlanner(definition).Plan();

    private static bool IsDefault(InputHandlerConfig? handler) =>
        handler is null || handler.InputStreamHandler == InputHandlerConfig.Default;
}

/// <summary>One inference of a <see cref="StraightPlan"/>.</summary>
/// <param name="Name">The node's name.</param>
/// <param name="Described">How faults name the node.</param>
/// <param name="Session">The model.</param>
/// <param name="Inputs">The tensor of each input of the model that the node sets.</param>
/// <param name="Outputs">The model's outputs that are read, each once.</param>
internal sealed record StraightStep(
    string Name,
    string Described,
    ModelSession Session,
    ImmutableArray<(string Name, TensorSource Source)> Inputs,
    ImmutableArray<string> Outputs);

/// <summary>Where a tensor comes from.</summary>
/// <param name="Step">The step that computes it; -1 for an input of the graph.</param>
/// <param name="Index">Index among the step's outputs, or among the graph's inputs.</param>
internal readonly record struct TensorSource(int Step, int Index)
{
    /// <summary>Whether it is an input of the graph.</summary>
    public bool IsInput => Step < 0;
}
