using Ovms.Configuration;
using Ovms.Graphs.Definitions;
using Ovms.Graphs.Interpreters;
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
/// <param name="settings">What the options say of Python nodes.</param>
/// <param name="log">The log.</param>
internal sealed class GraphLoader(ModelCalls calls, ServableRegistry registry, PythonSettings settings, ILogger log)
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

        PythonNodes python = new(id.Name, settings, log);
        Outcome<GraphDefinition> graph = GraphPlans.Read(entry.Path, entry.Text, out IGraphPlan? plan, python, settings.IsAllowed);
        Outcome<Signature> signature = graph.IsOk ? new GraphSignature(graph.Value, registry.Current).Find() : graph.WithoutValue;

        // A load has a thread of its own, which waits for the handlers here.
        Outcome started = signature.IsOk ? python.StartAsync().GetAwaiter().GetResult() : signature.WithoutValue;
        if (!started.IsOk)
        {
            python.Dispose();
            return started;
        }

        foreach (string warning in graph.Value!.Warnings)
        {
            Log.Warning(log, $"Graph {id.Name}: {warning}");
        }

        Log.GraphLoaded(
            log, id.Name, graph.Value.Nodes.Length, string.Join(", ", entry.Models.Select(static model => model.Name).Distinct()));
        GraphComposition composition = new(graph.Value, plan!, python, calls, TimeProvider.System);
        LoadedModel loaded = new(signature.Value!, composition, compiled: null);
        python.Changed += () =>
        {
            loaded.Health.Set(python.Reason, code: StatusCode.PythonNodeDown);
            registry.RaiseChanged();
        };
        loaded.Health.Set(python.Reason, code: StatusCode.PythonNodeDown);
        return loaded;
    }
}
