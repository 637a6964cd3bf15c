using Ovms.Frontends.Extensions;
using Ovms.Observability.Metrics;
using Ovms.Serving.Table;
using Ovms.SharedMemory;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.KServe;

/// <summary>Handles requests for metadata of the server and its models.</summary>
internal sealed class MetadataRoutes(ServableRegistry registry, CallCounts counts, string serverVersion, SharedRegions regions)
{
    /// <summary>Responds with the server's name, version and extensions.</summary>
    public async Task ServerAsync(HttpContext context, RestTarget target)
    {
        using NativeBuffer body = new();
        MetadataJson.WriteServer(body, serverVersion, ServerExtensions.Names(regions));
        await RestReply.JsonAsync(context, body).ConfigureAwait(false);
    }

    /// <summary>Responds with a model's versions, inputs and outputs.</summary>
    public async Task ModelAsync(HttpContext context, RestTarget target)
    {
        Outcome<(ModelEntry Model, VersionEntry Version)> found = registry.Find(target.Model, target.Version);
        counts.Count(CallKind.ModelMetadataRest, target.Model, target.Version, found.IsOk);
        if (!found.IsOk)
        {
            await RestReply.ErrorAsync(context, found.WithoutValue).ConfigureAwait(false);
            return;
        }

        using NativeBuffer body = new();
        Servable servable = found.Value.Version.Servable!;
        MetadataJson.WriteModel(body, found.Value.Model, servable.Signature, servable.ModelInfo, servable.Devices?.Text);
        await RestReply.JsonAsync(context, body).ConfigureAwait(false);
    }
}
