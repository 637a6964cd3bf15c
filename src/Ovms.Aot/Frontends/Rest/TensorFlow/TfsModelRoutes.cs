using System.Collections.Immutable;
using Ovms.Frontends.Rest.Json;
using Ovms.Observability.Metrics;
using Ovms.Serving.Table;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.TensorFlow;

/// <summary>Handles requests for models and their states, from clients of TensorFlow Serving and OpenAI.</summary>
internal sealed class TfsModelRoutes(ServableRegistry registry, CallCounts counts)
{
    /// <summary>Responds with the models that can be called.</summary>
    public async Task ListAsync(HttpContext context, RestTarget target)
    {
        using NativeBuffer body = new();
        body.Raw("{\"object\":\"list\",\"data\":["u8);
        ReadOnlySpan<byte> separator = default;
        IEnumerable<ModelEntry> callable = registry.Current.Models.Where(static model => model.Default is not null);
        foreach (ModelEntry model in callable.OrderBy(static model => model.Name, StringComparer.Ordinal))
        {
            body.Raw(separator);
            body.Raw("{"u8);
            TfsModelJson.WriteIdentity(body, model.Name);
            body.Raw("}"u8);
            separator = ","u8;
        }

        body.Raw("]}"u8);
        await RestReply.JsonAsync(context, body).ConfigureAwait(false);
    }

    /// <summary>Responds with a model: the states of its versions or, for OpenAI's clients, OpenAI's object.</summary>
    public Task ModelAsync(HttpContext context, RestTarget target)
    {
        context.Response.Headers.Vary = OpenAiClients.DecidingHeaders;
        return OpenAiClients.Ask(context.Request) ? OpenAiModelAsync(context, target) : StatusAsync(context, target);
    }

    /// <summary>Responds with OpenAI's object for a model; as in the list, only while the model can be called.</summary>
    public async Task OpenAiModelAsync(HttpContext context, RestTarget target)
    {
        Outcome found = registry.Find(target.Model, "").WithoutValue;
        counts.Count(CallKind.GetModelStatusRest, target.Model, "", found.IsOk);
        if (!found.IsOk)
        {
            await RestReply.ErrorAsync(context, found).ConfigureAwait(false);
            return;
        }

        using NativeBuffer body = new();
        body.Raw("{"u8);
        TfsModelJson.WriteIdentity(body, target.Model);
        body.Raw("}"u8);
        await RestReply.JsonAsync(context, body).ConfigureAwait(false);
    }

    /// <summary>Responds with the states of a model's versions, or of the named one: exactly GetModelStatusResponse as JSON.</summary>
    public async Task StatusAsync(HttpContext context, RestTarget target)
    {
        Outcome<ImmutableArray<VersionEntry>> versions = registry.Current.VersionsOf(target.Model, target.Version);
        counts.Count(CallKind.GetModelStatusRest, target.Model, target.Version, versions.IsOk);
        if (!versions.IsOk)
        {
            await RestReply.ErrorAsync(context, versions.WithoutValue).ConfigureAwait(false);
            return;
        }

        using NativeBuffer body = new();
        body.Raw("{\"model_version_status\":"u8);
        TfsModelJson.WriteStatus(body, versions.Value);
        body.Raw("}"u8);
        await RestReply.JsonAsync(context, body).ConfigureAwait(false);
    }

    /// <summary>Responds with a version's inputs and outputs.</summary>
    public async Task MetadataAsync(HttpContext context, RestTarget target)
    {
        Outcome<(ModelEntry Model, VersionEntry Version)> found = registry.Find(target.Model, target.Version);
        counts.Count(CallKind.GetModelMetadataRest, target.Model, target.Version, found.IsOk);
        if (!found.IsOk)
        {
            await RestReply.ErrorAsync(context, found.WithoutValue).ConfigureAwait(false);
            return;
        }

        using NativeBuffer body = new();
        Servable servable = found.Value.Version.Servable!;
        TfsModelJson.WriteMetadata(body, servable.Id, servable.Signature);
        await RestReply.JsonAsync(context, body).ConfigureAwait(false);
    }
}
