using System.Collections.Immutable;
using Ovms.Frontends.Rest.Json;
using Ovms.Observability.Metrics;
using Ovms.Serving.Table;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.TensorFlow;

/// <summary>What there is and in which state, for clients of TensorFlow Serving and of OpenAI.</summary>
internal sealed class TfsModelRoutes(ServableRegistry registry, CallCounts counts)
{
    /// <summary>The models that can be called.</summary>
    public async Task ListAsync(HttpContext context, RestTarget target)
    {
        using NativeBuffer body = new();
        body.Raw("{\"object\":\"list\",\"data\":["u8);
        ReadOnlySpan<byte> separator = default;
        foreach (ModelEntry model in registry.Current.Models.Where(static model => model.Default is not null).OrderBy(static model => model.Name, StringComparer.Ordinal))
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

    /// <summary>One model: the states of its versions, or OpenAI's object for its clients.</summary>
    public Task ModelAsync(HttpContext context, RestTarget target)
    {
        context.Response.Headers.Vary = OpenAiClients.DecidingHeaders;
        return OpenAiClients.Ask(context.Request) ? OpenAiModelAsync(context, target) : StatusAsync(context, target);
    }

    /// <summary>One model as OpenAI's clients know it; like the list only while it can be called.</summary>
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

    /// <summary>The states of a model's versions, or of the one that is named: GetModelStatusResponse as JSON, and nothing else.</summary>
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

    /// <summary>What a version takes and gives.</summary>
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
