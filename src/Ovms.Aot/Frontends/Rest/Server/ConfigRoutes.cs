using Ovms.Frontends.Rest.Json;
using Ovms.Serving.Draining;
using Ovms.Serving.Lifecycle;
using Ovms.Serving.Table;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.Server;

/// <summary>The routes for the states of all models and for reloads.</summary>
internal sealed class ConfigRoutes(ServableRegistry registry, Reloads reloads, Drain drain)
{
    /// <summary>
    /// The header that reports what is not served as configured: the body has no member for it that every client would ignore.
    /// </summary>
    public const string ErrorHeader = "Ovms-Config-Error";

    // Large models compile for minutes; a caller that waits longer is told to ask for the state later.
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(10);

    /// <summary>All routes.</summary>
    public static RestRoute[] All(ServableRegistry registry, Reloads reloads, Drain drain)
    {
        ConfigRoutes config = new(registry, reloads, drain);
        return
        [
            new RestRoute("/v1/config", RestVerb.Get, config.StatusAsync),
            new RestRoute("/v1/config/reload", RestVerb.Post, config.ReloadAsync),
        ];
    }

    /// <summary>Responds with the states of all models.</summary>
    public Task StatusAsync(HttpContext context, RestTarget target) => WriteAsync(context, reloads.Status);

    /// <summary>
    /// Reads configuration and models now, and responds when all resulting loads and unloads are done. 201: something changed; 200:
    /// nothing changed; the failure's status while anything cannot be served as configured.
    /// </summary>
    public async Task ReloadAsync(HttpContext context, RestTarget target)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, drain.Draining);
        limit.CancelAfter(s_limit);
        Outcome<ReloadResult> reloaded;
        try
        {
            reloaded = await reloads.ReloadAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            reloaded = drain.IsDraining
                ? Outcome.Fail(StatusCode.ServerShuttingDown)
                : Outcome.Fail(
                    StatusCode.DeadlineExceeded,
                    $"The reload goes on after {s_limit.TotalMinutes} minutes; GET /v1/config tells its state.");
        }

        if (!reloaded.IsOk)
        {
            await RestReply.ErrorAsync(context, reloaded.WithoutValue).ConfigureAwait(false);
            return;
        }

        ReloadStatus status = reloaded.Value.Status;
        if (!status.IsClean)
        {
            await RefuseAsync(context, status).ConfigureAwait(false);
            return;
        }

        context.Response.StatusCode = reloaded.Value.Changed ? StatusCodes.Status201Created : StatusCodes.Status200OK;
        await WriteAsync(context, status).ConfigureAwait(false);
    }

    private static async Task RefuseAsync(HttpContext context, ReloadStatus status)
    {
        Outcome why = !status.Config.IsOk ? status.Config
            : status.Faults.IsEmpty ? Outcome.Fail(StatusCode.ConfigInvalid)
            : status.Faults[0].Why;
        string text = why.Code == StatusCode.ConfigFileInvalid ? "Config file not found or cannot open."
            : !status.Config.IsOk || status.Faults.IsEmpty ? "Reloading config file failed. Check server logs for more info."
            : "Reloading models versions failed. Check server logs for more info.";
        using NativeBuffer body = new();
        body.Raw("{\n\t\"error\": "u8);
        body.Text(text);
        body.Raw("\n}"u8);
        context.Response.StatusCode = why.Code.ToHttp();
        context.Features.Set(new RestFailure($"{text} {WhatIsWrong(status)}"));
        Tell(context, status);
        await RestReply.JsonAsync(context, body).ConfigureAwait(false);
    }

    private async Task WriteAsync(HttpContext context, ReloadStatus status)
    {
        using NativeBuffer body = new();
        ConfigJson.Write(body, registry.Current);
        Tell(context, status);
        await RestReply.JsonAsync(context, body).ConfigureAwait(false);
    }

    private static void Tell(HttpContext context, ReloadStatus status)
    {
        if (!status.IsClean)
        {
            context.Response.Headers[ErrorHeader] = HeaderText.Of(WhatIsWrong(status));
        }
    }

    private static string WhatIsWrong(ReloadStatus status) =>
        string.Join(
            "; ",
            [
                .. status.Config.IsOk ? [] : new[] { status.Config.Text },
                .. status.LeftOut,
                .. status.Faults.Select(static fault => fault.ToString()),
            ]);
}
