using System.Collections.Concurrent;
using System.Diagnostics;

namespace Ovms.Observability.Metrics;

/// <summary>How long each node of a graph or pipeline computes, by the node's name. Thread-safe.</summary>
internal sealed class NodeTimes
{
    private readonly ConcurrentDictionary<string, TimeHistogram> _nodes = new(StringComparer.Ordinal);

    /// <summary>The nodes that have computed, in the order of their names.</summary>
    public IEnumerable<KeyValuePair<string, TimeHistogram>> All => _nodes.OrderBy(static node => node.Key, StringComparer.Ordinal);

    /// <summary>Adds one run of a node, whether it succeeded or not.</summary>
    /// <param name="node">The node's name.</param>
    /// <param name="since">When the run began, as a timestamp of <see cref="Stopwatch"/>.</param>
    public void Add(string node, long since) =>
        _nodes.GetOrAdd(node, static _ => new TimeHistogram()).Add(Stopwatch.GetTimestamp() - since);
}
