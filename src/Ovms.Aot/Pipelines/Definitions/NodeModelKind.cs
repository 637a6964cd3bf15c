using Ovms.Configuration.Pipelines;
using Ovms.Status;

namespace Ovms.Pipelines.Definitions;

/// <summary>What the name stands for that a node gives as its model.</summary>
internal enum NodeModelKind
{
    /// <summary>A model that infers: the only kind that can be a node.</summary>
    Model,

    /// <summary>A model with a state for each sequence.</summary>
    Stateful,

    /// <summary>A model that generates text.</summary>
    Language,

    /// <summary>A pipeline.</summary>
    Pipeline,

    /// <summary>A graph.</summary>
    Graph,
}

/// <summary>Which kinds of servables can be nodes, in the same words when a pipeline is checked and when it is loaded.</summary>
internal static class NodeModelKinds
{
    /// <summary>Ok for a model that infers; else why the node cannot be served.</summary>
    public static Outcome Check(this NodeModelKind kind, PipelineNode node) => kind switch
    {
        NodeModelKind.Model => Outcome.Ok,
        NodeModelKind.Stateful => Outcome.Fail(
            StatusCode.NotImplemented, $"Node: {node.Name}; the stateful model {node.Model} cannot be part of a pipeline."),
        NodeModelKind.Language => IsNoModel(node, "language model"),
        NodeModelKind.Pipeline => IsNoModel(node, "pipeline"),
        _ => IsNoModel(node, "graph"),
    };

    private static Outcome IsNoModel(PipelineNode node, string kind) => Outcome.Fail(
        StatusCode.PipelineNodeMissingModel, $"Node: {node.Name}; {node.Model} is a {kind}, not a model that infers.");
}
