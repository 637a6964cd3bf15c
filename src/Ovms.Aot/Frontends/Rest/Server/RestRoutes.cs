using Ovms.Frontends.Rest.KServe;
using Ovms.Frontends.Rest.TensorFlow;
using Ovms.Inference;
using Ovms.Serving.Lifecycle;

namespace Ovms.Frontends.Rest.Server;

/// <summary>Every path that is served: each room has its own, here they become one table.</summary>
internal static class RestRoutes
{
    /// <summary>
    /// Every row with what answers it. The first that fits answers: TensorFlow Serving's, of which some take names with slashes, come last.
    /// </summary>
    public static RestRouteTable Create(RestSettings settings, Served served, ModelCalls calls) => new(
    [
        .. HealthRoutes.All(served.Registry, served.Readiness, served.Counts),
        .. KServeRoutes.All(settings, served, calls),
        .. ConfigRoutes.All(served.Registry, served.Reloads, served.Drain),
        .. MetricsRoute.All(settings.Metrics),
        .. TfsRoutes.All(settings, served, calls),
    ]);
}
