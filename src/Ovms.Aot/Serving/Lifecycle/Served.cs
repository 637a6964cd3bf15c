using Ovms.Observability.Metrics;
using Ovms.Options;
using Ovms.Serving.Draining;
using Ovms.Serving.Table;

namespace Ovms.Serving.Lifecycle;

/// <summary>
/// What the parts of the server share about what is served. For those who put the parts together; each part takes only what it uses.
/// </summary>
/// <param name="Registry">The models, and the right to use one.</param>
/// <param name="Readiness">Whether the server is ready.</param>
/// <param name="Drain">Whether it stops, and what the stop waits for.</param>
/// <param name="Reloads">Where a reload is asked for, and how the last one went.</param>
/// <param name="Counts">Counts calls by the version that they name.</param>
internal sealed record Served(ServableRegistry Registry, Readiness Readiness, Drain Drain, Reloads Reloads, CallCounts Counts)
{
    /// <summary>Makes all of it; nothing is served yet.</summary>
    /// <param name="rule">What readiness asks for.</param>
    /// <param name="metrics">Where calls are counted; null while metrics are off.</param>
    public static Served Create(ReadyRule rule, ServerMetrics? metrics)
    {
        Drain drain = new();
        ServableRegistry registry = new(drain);
        return new Served(registry, new Readiness(registry, drain, rule), drain, new Reloads(), new CallCounts(registry, metrics));
    }
}
