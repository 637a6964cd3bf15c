using Ovms.Observability.Metrics;

namespace Ovms.Serving.Table;

/// <summary>Counts calls by the version that they name. Inferences are counted by <see cref="Servable.Metrics"/> instead.</summary>
internal sealed class CallCounts
{
    private readonly ServableRegistry _registry;
    private readonly TableMetrics? _metrics;

    /// <summary>Follows a registry; created before its first table is published.</summary>
    /// <param name="registry">The registry whose versions are counted.</param>
    /// <param name="metrics">The counters; null if metrics are off.</param>
    public CallCounts(ServableRegistry registry, ServerMetrics? metrics)
    {
        _registry = registry;
        if (metrics is not null)
        {
            _metrics = new TableMetrics(metrics.Models);
            registry.Publishing += _metrics.Follow;
        }
    }

    /// <summary>Counts an answered call about a version. A call that names an unknown version is not counted.</summary>
    /// <param name="kind">The kind of call.</param>
    /// <param name="name">The servable's name.</param>
    /// <param name="versionText">The version as the caller wrote it.</param>
    /// <param name="isSuccess">Whether the call succeeded.</param>
    public void Count(CallKind kind, string name, string versionText, bool isSuccess) =>
        Find(name, versionText)?.Count(kind, isSuccess);

    /// <summary>The counters of the version that a caller named; null if it is unknown or metrics are off.</summary>
    public ServableMetrics? Find(string name, string versionText) => _metrics?.Find(_registry.Current, name, versionText);
}
