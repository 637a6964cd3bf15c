using Ovms.Observability.Metrics;
using Ovms.Options;
using Ovms.Serving.Draining;
using Ovms.Serving.Table;

namespace Ovms.Serving.Lifecycle;

/// <summary>
/// What the parts of the server share about the served models. The code that assembles the server uses it; each part gets only what it
/// needs.
/// </summary>
/// <param name="Registry">The models and their leases.</param>
/// <param name="Readiness">Whether the server is ready.</param>
/// <param name="Drain">Whether the server stops, and what the stop waits for.</param>
/// <param name="Reloads">Accepts reload requests, and holds the last status.</param>
/// <param name="Counts">Counts calls by the version that they name.</param>
internal sealed record Served(ServableRegistry Registry, Readiness Readiness, Drain Drain, Reloads Reloads, CallCounts Counts)
{
    /// <summary>Creates all parts, without any model.</summary>
    /// <param name="rule">The rule of readiness.</param>
    /// <param name="metrics">Counts calls; null if metrics are off.</param>
    public static Served Create(ReadyRule rule, ServerMetrics? metrics)
    {
        Drain drain = new();
        ServableRegistry registry = new(drain);
        return new Served(registry, new Readiness(registry, drain, rule), drain, new Reloads(), new CallCounts(registry, metrics));
    }
}
