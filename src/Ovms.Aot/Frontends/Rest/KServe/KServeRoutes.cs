using Ovms.Frontends.Rest.Body;
using Ovms.Inference;
using Ovms.Serving.Table;

namespace Ovms.Frontends.Rest.KServe;

/// <summary>The routes of the KServe v2 protocol: inference, metadata and extensions. Health has its own routes.</summary>
internal static class KServeRoutes
{
    /// <summary>All routes.</summary>
    /// <param name="settings">The options of the front end.</param>
    /// <param name="registry">The models.</param>
    /// <param name="counts">Counts calls for metadata.</param>
    /// <param name="calls">Opens inference calls.</param>
    /// <param name="draining">Cancelled when the server needs no more bodies.</param>
    public static IEnumerable<RestRoute> All(
        RestSettings settings, ServableRegistry registry, CallCounts counts, ModelCalls calls, CancellationToken draining)
    {
        MetadataRoutes metadata = new(registry, counts, settings.ServerVersion, calls.Regions);
        InferRoute infer = new(new KServeForm(), calls, settings, draining);
        JsonBody bodies = new(settings.Memory, settings.Arrival, draining);
        return
        [
            new RestRoute("/v2/models/{model}/infer", RestVerb.Post, infer.InferAsync),
            new RestRoute("/v2/models/{model}/versions/{version}/infer", RestVerb.Post, infer.InferAsync),
            new RestRoute("/v2", RestVerb.Get, metadata.ServerAsync),
            .. ExtensionRoutes.All(registry, bodies),
            .. SettingsRoutes.All(registry, settings.Log, bodies),
            .. SharedMemoryRoutes.All(calls.Regions, bodies),
            new RestRoute("/v2/models/{model}", RestVerb.Get, metadata.ModelAsync),
            new RestRoute("/v2/models/{model}/", RestVerb.Get, metadata.ModelAsync),
            new RestRoute("/v2/models/{model}/versions/{version}", RestVerb.Get, metadata.ModelAsync),
            new RestRoute("/v2/models/{model}/versions/{version}/", RestVerb.Get, metadata.ModelAsync),
        ];
    }
}
