using Ovms.Status;

namespace Ovms.Graphs.Interpreters;

/// <summary>The Python nodes of one graph. They are made with its plan, and started when all else of the graph is right.</summary>
/// <param name="graph">The graph's name, for the log.</param>
/// <param name="settings">The options.</param>
/// <param name="log">The log.</param>
internal sealed class PythonNodes(string graph, PythonSettings settings, ILogger log) : IDisposable
{
    private readonly Dictionary<string, PythonNode> _nodes = new(StringComparer.Ordinal);

    /// <summary>Tells that <see cref="Reason"/> may have changed.</summary>
    public event Action? Changed;

    /// <summary>What the server's options say.</summary>
    public PythonSettings Settings => settings;

    /// <summary>Number of nodes.</summary>
    public int Count => _nodes.Count;

    /// <summary>Why calls are refused now, with the node; null if they are not.</summary>
    public string? Reason => _nodes.Values.Select(static node => node.Reason is { } why ? $"{node.Name}: {why}" : null)
        .FirstOrDefault(static reason => reason is not null);

    /// <summary>The node with a handler; each plan of the graph gets the same.</summary>
    public PythonNode Of(PythonHandler handler)
    {
        lock (_nodes)
        {
            if (!_nodes.TryGetValue(handler.Node, out PythonNode? node))
            {
                _nodes[handler.Node] = node = new PythonNode(handler, settings, $"Graph {graph}, node {handler.Node}", log);
                node.Changed += () => Changed?.Invoke();
                node.Restarted += () => settings.Restarted?.Invoke(graph, handler.Node);
            }

            return node;
        }
    }

    /// <summary>Starts all of them at the same time.</summary>
    /// <returns>Ok; or why the first one does not run, with its name.</returns>
    public async Task<Outcome> StartAsync()
    {
        PythonNode[] nodes = [.. _nodes.Values];
        Outcome[] started = await Task.WhenAll(nodes.Select(static node => node.StartAsync())).ConfigureAwait(false);
        int failed = Array.FindIndex(started, static outcome => !outcome.IsOk);
        return failed < 0
            ? Outcome.Ok
            : Outcome.Fail(started[failed].Code, $"{nodes[failed].Handler.Described}: {started[failed].Detail}.");
    }

    /// <summary>Lets the handlers finalize and ends the processes.</summary>
    public void Dispose() => Parallel.ForEach(_nodes.Values, static node => node.Dispose());
}
