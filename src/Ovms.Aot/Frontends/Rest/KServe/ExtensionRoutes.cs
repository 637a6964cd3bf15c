using System.Collections.Immutable;
using System.Text.Json;
using Ovms.Frontends.Extensions;
using Ovms.Frontends.Rest.Body;
using Ovms.Frontends.Rest.Json;
using Ovms.Serving.Table;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.KServe;

/// <summary>The routes of the extensions about models: configuration, statistics, repository.</summary>
internal sealed class ExtensionRoutes(ServableRegistry registry, JsonBody bodies)
{
    /// <summary>All routes. <c>/v2/models/stats</c> is for all models and must precede the path of a model's metadata.</summary>
    public static RestRoute[] All(ServableRegistry registry, JsonBody bodies)
    {
        ExtensionRoutes routes = new(registry, bodies);
        return
        [
            new RestRoute("/v2/models/stats", RestVerb.Get, routes.StatisticsAsync),
            new RestRoute("/v2/models/{model}/stats", RestVerb.Get, routes.StatisticsAsync),
            new RestRoute("/v2/models/{model}/versions/{version}/stats", RestVerb.Get, routes.StatisticsAsync),
            new RestRoute("/v2/models/{model}/config", RestVerb.Get, routes.ConfigAsync),
            new RestRoute("/v2/models/{model}/versions/{version}/config", RestVerb.Get, routes.ConfigAsync),
            new RestRoute("/v2/repository/index", RestVerb.Post, routes.IndexAsync),
            new RestRoute("/v2/repository/models/{model}/load", RestVerb.Post, RefuseLoadAsync),
            new RestRoute("/v2/repository/models/{model}/unload", RestVerb.Post, RefuseLoadAsync),
        ];
    }

    private static Task RefuseLoadAsync(HttpContext context, RestTarget target) => RestReply.ErrorAsync(context, NotServed.Load);

    private async Task ConfigAsync(HttpContext context, RestTarget target)
    {
        Outcome<(ModelEntry Model, VersionEntry Version)> found = registry.Find(target.Model, target.Version);
        if (!found.IsOk)
        {
            await RestReply.ErrorAsync(context, found.WithoutValue).ConfigureAwait(false);
            return;
        }

        using NativeBuffer body = new();
        ModelConfigJson.Write(body, ModelConfiguration.Of(found.Value.Version.Servable!));
        await RestReply.JsonAsync(context, body).ConfigureAwait(false);
    }

    private async Task StatisticsAsync(HttpContext context, RestTarget target)
    {
        Outcome<ImmutableArray<StatisticsRow>> rows = StatisticsRow.Find(registry, target.Model, target.Version);
        if (!rows.IsOk)
        {
            await RestReply.ErrorAsync(context, rows.WithoutValue).ConfigureAwait(false);
            return;
        }

        using NativeBuffer body = new();
        StatisticsJson.Write(body, rows.Value);
        await RestReply.JsonAsync(context, body).ConfigureAwait(false);
    }

    private async Task IndexAsync(HttpContext context, RestTarget target)
    {
        Outcome<bool> onlyReady = await ReadReadyAsync(context).ConfigureAwait(false);
        if (!onlyReady.IsOk)
        {
            await RestReply.ErrorAsync(context, onlyReady.WithoutValue).ConfigureAwait(false);
            return;
        }

        using NativeBuffer body = new();
        body.Raw("["u8);
        ReadOnlySpan<byte> separator = default;
        foreach (RepositoryRow row in RepositoryRow.Of(registry.Current, onlyReady.Value))
        {
            body.Raw(separator);
            Write(body, row);
            separator = ","u8;
        }

        body.Raw("]"u8);
        await RestReply.JsonAsync(context, body).ConfigureAwait(false);
    }

    private async ValueTask<Outcome<bool>> ReadReadyAsync(HttpContext context)
    {
        Outcome<JsonDocument> read = await bodies.ReadAsync(context).ConfigureAwait(false);
        if (!read.IsOk)
        {
            return read.WithoutValue;
        }

        using JsonDocument body = read.Value!;
        return !body.RootElement.TryGetProperty("ready", out JsonElement ready) ? false
            : ready.ValueKind is JsonValueKind.True or JsonValueKind.False ? ready.GetBoolean()
            : Outcome.Fail(
                StatusCode.RestInvalidStructure, $"ready; Expected: true or false; Actual: {Shown.Bounded(ready.GetRawText())}");
    }

    private static void Write(NativeBuffer body, RepositoryRow row)
    {
        body.Raw("{\"name\":"u8);
        body.Text(row.Name);
        if (row.Version.Length > 0)
        {
            body.Raw(",\"version\":"u8);
            body.Text(row.Version);
        }

        body.Raw(",\"state\":"u8);
        body.Text(row.State);
        body.Raw(",\"reason\":"u8);
        body.Text(row.Reason);
        body.Raw("}"u8);
    }
}
