using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Ovms.Observability.Metrics;

/// <summary>How often child processes were started again. A child that never was has no series. Thread-safe.</summary>
internal sealed class RestartCounts
{
    private readonly ConcurrentDictionary<string, (MetricLabels Labels, StrongBox<long> Count)> _children = new(StringComparer.Ordinal);

    /// <summary>Counts a start.</summary>
    /// <param name="labels">Which child it is.</param>
    public void Add(params (string Name, string Value)[] labels) => Interlocked.Increment(ref _children.GetOrAdd(
        string.Join('\0', labels.Select(static label => label.Value)),
        _ => (new MetricLabels([.. labels.Select(static label => KeyValuePair.Create(label.Name, label.Value))]), new StrongBox<long>()))
        .Count.Value);

    /// <summary>Writes a series for each child, in the order of their names.</summary>
    public void WriteTo(MetricSink sink)
    {
        foreach ((_, (MetricLabels labels, StrongBox<long> count)) in _children.OrderBy(static child => child.Key, StringComparer.Ordinal))
        {
            sink.Add(labels, Interlocked.Read(ref count.Value));
        }
    }
}
