using Ovms.Configuration;
using Ovms.Graphs.Definitions;
using Ovms.Inference;
using Ovms.Observability;
using Ovms.Serving;
using Ovms.Serving.Signatures;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Graphs.Execution;

/// <summary>Makes a graph that is served of a graph's text. Its models must be served.</summary>
/// <param name="calls">Opens the calls of models.</param>
/// <param name="registry">What is served.</param>
/// <param name="log">The log.</param>
internal sealed class GraphLoader(ModelCalls calls, ServableRegistry registry, ILogger log)
{
    /// <summary>Loads a graph.</summary>
    /// <param name="id">The graph.</param>
    /// <param name="entry">Its text, or why it cannot be read.</param>
    /// <returns>The graph, which the caller disposes; or why it cannot be served.</returns>
    public Outcome<LoadedModel> Load(ServableId id, GraphEntry entry)
    {
        if (!entry.Fault.IsOk)
        {
            return entry.Fault;
        }

        Outcome<GraphDefinition> graph = GraphPlans.Read(entry.Path, entry.Text, out IGraphPlan? plan);
        Outcome<Signature> signature = graph.IsOk ? new GraphSignature(graph.Value, registry.Current).Find() : graph.WithoutValue;
        if (!signature.IsOk)
        {
            return signature.WithoutValue;
        }

        foreach (string warning in graph.Value!.Warnings)
        {
            Log.Warning(log, $"Graph {id.Name}: {warning}");
        }

        Log.GraphLoaded(
            log, id.Name, graph.Value.Nodes.Length, string.Join(", ", entry.Models.Select(static model => model.Name).Distinct()));
        return new LoadedModel(signature.Value, new GraphComposition(graph.Value, plan!, calls, TimeProvider.System), compiled: null);
    }
}
