using Ovms.Frontends.Rest.Body;
using Ovms.Frontends.Rest.Server;
using Ovms.Frontends.Rest.TensorFlow;
using Ovms.Inference;
using Ovms.Serving.Draining;
using Ovms.Serving.Lifecycle;
using Ovms.Serving.Table;

namespace Ovms.Frontends.Rest.KServe;

/// <summary>Every path: those of the KServe v2 protocol, of the configuration and of the metrics here, TensorFlow Serving's beside it.</summary>
internal static class KServeRoutes
{
    /// <summary>Every row with what answers it.</summary>
    public static RestRouteTable Create(RestSettings settings, Served served, InferenceCall call)
    {
        (ServableRegistry registry, Drain drain, CallCounts counts) = (served.Registry, served.Drain, served.Counts);
        HealthRoutes health = new(registry, served.Readiness, counts);
        MetadataRoutes metadata = new(registry, counts, settings.ServerVersion);
        InferRoute infer = new(new KServeForm(), registry, counts, drain, call, settings);
        InferRoute predict = new(new PredictForm(), registry, counts, drain, call, settings);
        JsonBody bodies = new(settings, drain.Draining);
        RestRoute[] metrics = settings.Metrics is { } counted ? [new RestRoute(MetricsRoute.Path, RestVerb.Get, new MetricsRoute(counted).WriteAsync)] : [];
        return new RestRouteTable(
        [
            new RestRoute("/v2/health/live", RestVerb.Get, HealthRoutes.LiveAsync),
            new RestRoute("/v2/health/ready", RestVerb.Get, health.ReadyAsync),
            new RestRoute("/v2/models/{model}/infer", RestVerb.Post, infer.InferAsync),
            new RestRoute("/v2/models/{model}/versions/{version}/infer", RestVerb.Post, infer.InferAsync),
            new RestRoute("/v2", RestVerb.Get, metadata.ServerAsync),
            .. ExtensionRoutes.All(registry, bodies),
            .. SettingsRoutes.All(registry, settings.Log, bodies),
            .. SharedMemoryRoutes.All(),
            new RestRoute("/v2/models/{model}", RestVerb.Get, metadata.ModelAsync),
            new RestRoute("/v2/models/{model}/", RestVerb.Get, metadata.ModelAsync),
            new RestRoute("/v2/models/{model}/versions/{version}", RestVerb.Get, metadata.ModelAsync),
            new RestRoute("/v2/models/{model}/versions/{version}/", RestVerb.Get, metadata.ModelAsync),
            new RestRoute("/v2/models/{model}/ready", RestVerb.Get, health.ModelReadyAsync),
            new RestRoute("/v2/models/{model}/versions/{version}/ready", RestVerb.Get, health.ModelReadyAsync),
            .. ConfigRoutes.All(registry, served.Reloads, drain),
            .. metrics,
            .. TfsRoutes.Rows(registry, counts, predict),
        ]);
    }
}
