using Ovms.Frontends.Rest.KServe;
using Ovms.Frontends.Rest.OpenAi;
using Ovms.Frontends.Rest.TensorFlow;
using Ovms.Inference;
using Ovms.Serving.Lifecycle;

namespace Ovms.Frontends.Rest.Server;

/// <summary>Combines the routes of all parts into one table.</summary>
internal static class RestRoutes
{
    /// <summary>
    /// Creates the table. The first matching route handles a request; TensorFlow Serving's come last, since some accept names with
    /// slashes.
    /// </summary>
    public static RestRouteTable Create(RestSettings settings, Served served, ModelCalls calls) => new(
    [
        .. HealthRoutes.All(served.Registry, served.Readiness, served.Counts),
        .. KServeRoutes.All(settings, served.Registry, served.Counts, calls, served.Drain.Draining),
        .. ConfigRoutes.All(served.Registry, served.Reloads, served.Drain),
        .. MetricsRoute.All(settings.Metrics),
        .. OpenAiRoutes.All(settings, served.Registry, served.Drain, served.Counts),
        .. TfsRoutes.All(settings, served.Registry, served.Counts, calls, served.Drain.Draining),
    ]);
}
