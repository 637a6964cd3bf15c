using System.Text.Json;
using Ovms.Frontends.Extensions;
using Ovms.Frontends.Rest.Body;
using Ovms.Frontends.Rest.Json;
using Ovms.Serving.Table;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.KServe;

/// <summary>The routes for trace and log settings, which are read-only.</summary>
internal sealed class SettingsRoutes(ServableRegistry registry, LogSettingsView log, JsonBody bodies)
{
    /// <summary>All routes.</summary>
    public static RestRoute[] All(ServableRegistry registry, LogSettingsView log, JsonBody bodies)
    {
        SettingsRoutes routes = new(registry, log, bodies);
        return
        [
            new RestRoute("/v2/trace/setting", RestVerb.GetOrPost, routes.TraceAsync),
            new RestRoute("/v2/models/{model}/trace/setting", RestVerb.GetOrPost, routes.TraceAsync),
            new RestRoute("/v2/logging", RestVerb.GetOrPost, routes.LogAsync),
        ];
    }

    private async Task TraceAsync(HttpContext context, RestTarget target)
    {
        Outcome outcome = TraceSettings.Check(registry, target.Model);
        if (outcome.IsOk)
        {
            outcome = await CheckChangesAsync(context, static setting => TraceSettings.Change(setting.Name, ValuesOf(setting.Value)))
                .ConfigureAwait(false);
        }

        if (!outcome.IsOk)
        {
            await RestReply.ErrorAsync(context, outcome).ConfigureAwait(false);
            return;
        }

        using NativeBuffer body = new();
        ReadOnlySpan<byte> separator = "{"u8;
        foreach ((string name, string value) in TraceSettings.All)
        {
            body.Raw(separator);
            body.Text(name);
            body.Raw(TraceSettings.IsList(name) ? ":["u8 : ":"u8);
            body.Text(value);
            body.Raw(TraceSettings.IsList(name) ? "]"u8 : default);
            separator = ","u8;
        }

        body.Raw("}"u8);
        await RestReply.JsonAsync(context, body).ConfigureAwait(false);
    }

    private async Task LogAsync(HttpContext context, RestTarget target)
    {
        Outcome outcome = await CheckChangesAsync(context, setting => log.Change(setting.Name, ValueOf(setting.Value)))
            .ConfigureAwait(false);
        if (!outcome.IsOk)
        {
            await RestReply.ErrorAsync(context, outcome).ConfigureAwait(false);
            return;
        }

        using NativeBuffer body = new();
        ReadOnlySpan<byte> separator = "{"u8;
        foreach ((string name, object value) in log.All)
        {
            body.Raw(separator);
            body.Text(name);
            body.Raw(":"u8);
            Write(body, value);
            separator = ","u8;
        }

        body.Raw("}"u8);
        await RestReply.JsonAsync(context, body).ConfigureAwait(false);
    }

    // Ok for a GET, and for a POST that changes nothing; else the first error.
    private async ValueTask<Outcome> CheckChangesAsync(HttpContext context, Func<JsonProperty, Outcome> check)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            return Outcome.Ok;
        }

        Outcome<JsonDocument> read = await bodies.ReadAsync(context).ConfigureAwait(false);
        if (!read.IsOk)
        {
            return read.WithoutValue;
        }

        using JsonDocument body = read.Value!;
        foreach (JsonProperty setting in body.RootElement.EnumerateObject())
        {
            Outcome checkedSetting = check(setting);
            if (!checkedSetting.IsOk)
            {
                return checkedSetting;
            }
        }

        return Outcome.Ok;
    }

    private static string[] ValuesOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => [],
        JsonValueKind.Array => [.. value.EnumerateArray().Select(TextOf)],
        _ => [TextOf(value)],
    };

    private static object? ValueOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => value.GetBoolean(),
        JsonValueKind.Number when value.TryGetUInt32(out uint number) => number,
        JsonValueKind.Null => null,
        _ => TextOf(value),
    };

    // A string that escapes half a surrogate pair is no text: use its raw JSON instead.
    private static string TextOf(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        }
        catch (InvalidOperationException)
        {
            return value.GetRawText();
        }
    }

    private static void Write(NativeBuffer body, object value)
    {
        switch (value)
        {
            case bool flag:
                body.Raw(flag ? "true"u8 : "false"u8);
                break;
            case uint number:
                body.Number(number);
                break;
            default:
                body.Text((string)value);
                break;
        }
    }
}
