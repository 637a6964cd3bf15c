using Ovms.Frontends.Rest.KServe;
using Ovms.Frontends.Rest.TensorFlow;
using Ovms.Inference;
using Ovms.Serving.Table;

namespace Ovms.Frontends.Rest.Server;

/// <summary>Every path that is served: each room has its own, here they become one table.</summary>
internal static class RestRoutes
{
    /// <summary>
    /// Every row with what answers it. The first that fits answers: TensorFlow Serving's, of which some take names with slashes, come last.
    /// </summary>
    public static RestRouteTable Create(RestSettings settings, ServableRegistry registry, ModelCalls calls) => new(
    [
        .. HealthRoutes.All(registry),
        .. KServeRoutes.All(settings, registry, calls),
        .. ConfigRoutes.All(registry),
        .. MetricsRoute.All(settings.Metrics),
        .. TfsRoutes.All(settings, registry, calls),
    ]);
}
