using Ovms.Observability.Metrics;
using Ovms.Serving.Lifecycle;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Frontends.Rest.Server;

/// <summary>
/// The routes for liveness and readiness. They read one snapshot, allocate nothing and wait for nothing, so they respond while everything
/// else is busy.
/// </summary>
internal sealed class HealthRoutes(ServableRegistry registry, Readiness readiness, CallCounts counts)
{
    /// <summary>All routes.</summary>
    public static RestRoute[] All(ServableRegistry registry, Readiness readiness, CallCounts counts)
    {
        HealthRoutes health = new(registry, readiness, counts);
        return
        [
            new RestRoute("/v2/health/live", RestVerb.Get, LiveAsync),
            new RestRoute("/v2/health/ready", RestVerb.Get, health.ReadyAsync),
            new RestRoute("/v2/models/{model}/ready", RestVerb.Get, health.ModelReadyAsync),
            new RestRoute("/v2/models/{model}/versions/{version}/ready", RestVerb.Get, health.ModelReadyAsync),
        ];
    }

    /// <summary>Always 200: a process that responds is live.</summary>
    public static Task LiveAsync(HttpContext context, RestTarget target) => RestReply.EmptyAsync(context);

    /// <summary>Whether every configured model can be called.</summary>
    public Task ReadyAsync(HttpContext context, RestTarget target) =>
        readiness.IsReady ? RestReply.EmptyAsync(context) : RestReply.ErrorAsync(context, Outcome.Fail(StatusCode.ServerNotReady));

    /// <summary>Whether one model can be called.</summary>
    public Task ModelReadyAsync(HttpContext context, RestTarget target)
    {
        Outcome ready = registry.FindReady(target.Model, target.Version);
        counts.Count(CallKind.ModelReadyRest, target.Model, target.Version, ready.IsOk);
        return ready.IsOk ? RestReply.EmptyAsync(context) : RestReply.ErrorAsync(context, ready);
    }
}
