using Ovms.Observability.Metrics;

namespace Ovms.Serving.Table;

/// <summary>
/// Counts calls by the version that they name. What a servable computes is counted by its own <see cref="Servable.Metrics"/>.
/// </summary>
internal sealed class CallCounts
{
    private readonly ServableRegistry _registry;
    private readonly TableMetrics? _metrics;

    /// <summary>Follows a registry, before its first table is published.</summary>
    /// <param name="registry">Whose versions are counted.</param>
    /// <param name="metrics">Where they are counted; null while metrics are off.</param>
    public CallCounts(ServableRegistry registry, ServerMetrics? metrics)
    {
        _registry = registry;
        if (metrics is not null)
        {
            _metrics = new TableMetrics(metrics.Models);
            registry.Publishing += _metrics.Follow;
        }
    }

    /// <summary>Counts a call that was answered about a version; one that names nothing known is not counted.</summary>
    /// <param name="kind">What was asked.</param>
    /// <param name="name">The servable's name.</param>
    /// <param name="versionText">As the caller wrote it.</param>
    /// <param name="isSuccess">Whether the answer is the one asked for.</param>
    public void Count(CallKind kind, string name, string versionText, bool isSuccess) =>
        _metrics?.Find(_registry.Current, name, versionText)?.Count(kind, isSuccess);
}
