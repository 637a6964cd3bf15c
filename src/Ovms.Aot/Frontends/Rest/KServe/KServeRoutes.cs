using Ovms.Frontends.Rest.Body;
using Ovms.Frontends.Rest.Server;
using Ovms.Frontends.Rest.TensorFlow;
using Ovms.Inference;
using Ovms.Serving.Table;

namespace Ovms.Frontends.Rest.KServe;

/// <summary>Every path: those of the KServe v2 protocol, of the configuration and of the metrics here, TensorFlow Serving's beside it.</summary>
internal static class KServeRoutes
{
    /// <summary>Every row with what answers it.</summary>
    public static RestRouteTable Create(RestSettings settings, ServableRegistry registry, ModelCalls calls)
    {
        HealthRoutes health = new(registry);
        MetadataRoutes metadata = new(registry, settings.ServerVersion);
        InferRoute infer = new(new KServeForm(), calls, settings, registry.Draining);
        JsonBody bodies = new(settings, registry.Draining);
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
            .. ConfigRoutes.All(registry),
            .. metrics,
            .. TfsRoutes.Rows(registry, new InferRoute(new PredictForm(), calls, settings, registry.Draining)),
        ]);
    }
}
