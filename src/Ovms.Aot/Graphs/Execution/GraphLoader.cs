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

        Outcome<GraphDefinition> graph = GraphReader.Read(entry.Path, entry.Text, GraphCalculators.All);
        if (!graph.IsOk)
        {
            return graph.WithoutValue;
        }

        if (!StraightPlan.Fits(graph.Value))
        {
            return Outcome.Fail(
                StatusCode.NotImplemented,
                $"{entry.Path}: graphs of other nodes than {GraphCalculators.Session} and {GraphCalculators.Inference} "
                    + "are not served yet.");
        }

        Outcome<StraightPlan> plan = StraightPlan.Of(graph.Value);
        Outcome<Signature> signature = plan.IsOk
            ? new GraphSignature(graph.Value, plan.Value, registry.Current).Find()
            : plan.WithoutValue;
        if (!signature.IsOk)
        {
            return signature.WithoutValue;
        }

        foreach (string warning in graph.Value.Warnings)
        {
            Log.Warning(log, $"Graph {id.Name}: {warning}");
        }

        Log.GraphLoaded(
            log, id.Name, graph.Value.Nodes.Length,
            string.Join(", ", plan.Value!.Steps.Select(static step => step.Session.Model).Distinct()));
        return new LoadedModel(signature.Value, new GraphComposition(graph.Value, plan.Value, calls, TimeProvider.System), compiled: null);
    }
}
