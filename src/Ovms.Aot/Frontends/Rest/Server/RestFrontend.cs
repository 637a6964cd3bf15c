using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Primitives;
using Ovms.Frontends.Connections;
using Ovms.Inference;
using Ovms.Serving.Lifecycle;
using Ovms.Status;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace Ovms.Frontends.Rest.Server;

/// <summary>
/// The REST front end: listens, finds the route, and turns exceptions of handlers into error responses. It handles all HTTP/1.1 requests;
/// HTTP/2 is for gRPC.
/// </summary>
internal sealed class RestFrontend
{
    // Clients of the original keep idle connections in pools, since it never closes one. An hour outlasts any pause between calls, yet
    // frees abandoned connections.
    private static readonly TimeSpan s_idleLimit = TimeSpan.FromHours(1);

    private readonly RestSettings _settings;
    private readonly CallLog _calls;
    private readonly RestRouteTable _table;

    /// <summary>Creates the routes.</summary>
    public RestFrontend(RestSettings settings, Served served, ModelCalls calls, ILogger log)
    {
        _settings = settings;
        _calls = new CallLog(log);
        _table = RestRoutes.Create(settings, served, calls);
    }

    /// <summary>
    /// Adds the listeners and sets limits, which apply to the whole server: a tensor is far larger than Kestrel's default limit on bodies.
    /// </summary>
    public static void Listen(KestrelServerOptions server, RestSettings settings)
    {
        server.AddServerHeader = false;
        server.Limits.MaxRequestBodySize = settings.MaxBodyBytes;
        server.Limits.MinRequestBodyDataRate = null;
        settings.Pace.Use(server);
        if (server.Limits.KeepAliveTimeout == new KestrelServerLimits().KeepAliveTimeout)
        {
            // Still the default; gRPC's arguments may set the same limit.
            server.Limits.KeepAliveTimeout = s_idleLimit;
        }

        foreach (IPEndPoint endPoint in settings.EndPoints)
        {
            server.Listen(endPoint, Configure);
        }

        if (settings.SocketPath.Length > 0)
        {
            server.ListenUnixSocket(settings.SocketPath, Configure);
        }

        void Configure(ListenOptions listener)
        {
            listener.Protocols = HttpProtocols.Http1;
            settings.Memory.Watch(listener);
            settings.Pace.Use(listener);
            RestTransport.Use(listener);
        }
    }

    /// <summary>Handles the HTTP/1.x requests of a pipeline and passes on all others.</summary>
    public static void Map(IApplicationBuilder app, RestSettings settings, Served served, ModelCalls calls, ILogger log)
    {
        RestFrontend rest = new(settings, served, calls, log);
        app.MapWhen(
            static context => HttpProtocol.IsHttp11(context.Request.Protocol) || HttpProtocol.IsHttp10(context.Request.Protocol),
            branch => branch.Run(rest.HandleAsync));
    }

    /// <summary>Handles one request.</summary>
    public Task HandleAsync(HttpContext context)
    {
        OpenConnection? connection = context.Features.Get<OpenConnection>();
        bool isLetIn = connection?.TryBegin(HealthPaths.IsRest(RawTarget(context))) != false;
        _settings.Cors.Apply(context.Response.Headers);
        string method = context.Request.Method;
        if (HttpMethods.IsOptions(method))
        {
            connection?.End();
            return RestReply.EmptyAsync(context);
        }

        long started = Stopwatch.GetTimestamp();
        RestRoute? route = _table.Find(RawTarget(context), out RestTarget target);
        Task answering;
        if (!isLetIn)
        {
            answering = RestReply.ErrorAsync(context, Outcome.Fail(StatusCode.TooManyConnections, connection!.HealthOnlyText));
        }
        else if (!IsFramed(context.Request))
        {
            context.Response.Headers.Connection = "close";
            string codings = Shown.Bounded(context.Request.Headers.TransferEncoding.ToString());
            string expected = HttpProtocol.IsHttp10(context.Request.Protocol) ? "none in HTTP/1.0" : "chunked";
            answering = RestReply.ErrorAsync(
                context, Outcome.Fail(StatusCode.MalformedMessage, $"Transfer-Encoding; Expected: {expected}; Actual: {codings}"));
        }
        else if (route is null)
        {
            answering = RestReply.ErrorAsync(
                context, Outcome.Fail(StatusCode.RestInvalidUrl, $"{method} {Shown.Bounded(RawTarget(context))} is not served here."));
        }
        else if (!route.Takes(method))
        {
            context.Response.Headers.Allow = route.Allow;
            Outcome refused = Outcome.Fail(
                StatusCode.RestUnsupportedMethod, $"Expected: {route.Allow}; Actual: {Shown.Bounded(method)}");
            answering = RestReply.ErrorAsync(context, refused);
        }
        else
        {
            answering = Begin(route, context, target);
        }

        if (!answering.IsCompletedSuccessfully)
        {
            return GuardAsync(context, connection, target, started, answering);
        }

        connection?.End();
        Tell(context, target, started, surprise: null);
        return answering;
    }

    // Kestrel checks only the last coding, and would pass on a compressed body as a plain one. It also takes a coding in HTTP/1.0, which
    // has none: a proxy of that version would read the body otherwise (RFC 9112, 6.1).
    private static bool IsFramed(HttpRequest request)
    {
        StringValues codings = request.Headers.TransferEncoding;
        return codings.Count == 0
            || (codings.Count == 1
                && string.Equals(codings[0], "chunked", StringComparison.OrdinalIgnoreCase)
                && !HttpProtocol.IsHttp10(request.Protocol));
    }

    private static string RawTarget(HttpContext context) => context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;

    // A handler that is no async method throws at once; its connection must end the call all the same.
    private static Task Begin(RestRoute route, HttpContext context, RestTarget target)
    {
        try
        {
            return route.Handler(context, target);
        }
        catch (Exception exception)
        {
            return Task.FromException(exception);
        }
    }

    private async Task GuardAsync(HttpContext context, OpenConnection? connection, RestTarget target, long started, Task answering)
    {
        Exception? surprise = null;
        try
        {
            await answering.ConfigureAwait(false);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            RestReply.Gone(context);
        }
        catch (Exception exception) when (context.Response.HasStarted)
        {
            // Abort, or the caller could take a partial response for complete.
            surprise = exception;
            context.Abort();
        }
        catch (BadHttpRequestException refused)
        {
            await RestReply.ErrorAsync(context, refused.StatusCode, Words(refused)).ConfigureAwait(false);
        }
        catch (ConnectionAbortedException)
        {
            RestReply.Gone(context);
        }
        catch (IOException broken)
        {
            // The body's framing is broken; or the connection is, and then no caller reads the response.
            Outcome unreadable = Outcome.Fail(StatusCode.MalformedMessage, $"The body cannot be read: {broken.Message}");
            await RestReply.ErrorAsync(context, unreadable).ConfigureAwait(false);
        }
        catch (InsufficientMemoryException)
        {
            await RestReply.ErrorAsync(context, TooLarge()).ConfigureAwait(false);
        }
        catch (OutOfMemoryException exception)
        {
            surprise = exception;
            await RestReply.ErrorAsync(context, Outcome.Fail(StatusCode.OutOfMemory)).ConfigureAwait(false);
        }
        catch (OvmsException failure)
        {
            await RestReply.ErrorAsync(context, failure.Outcome).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            surprise = exception;
            await RestReply.ErrorAsync(context, Outcome.Fail(StatusCode.InternalError)).ConfigureAwait(false);
        }
        finally
        {
            connection?.End();
        }

        Tell(context, target, started, surprise);
    }

    private void Tell(HttpContext context, RestTarget target, long started, Exception? surprise)
    {
        int status = context.Response.StatusCode;
        RestFailure? failed = context.Features.Get<RestFailure>();
        if (status < StatusCodes.Status400BadRequest && surprise is null && failed is null)
        {
            return;
        }

        bool isOurs = surprise is not null || status == StatusCodes.Status500InternalServerError;
        string failure = failed?.Text ?? "the answer broke off";
        string request = $"REST {context.Request.Method} {Shown.Bounded(RawTarget(context))}";
        CallSubject subject = failed?.Subject ?? new CallSubject(target.Model ?? "", target.Version ?? "");
        _calls.Failed(context, request, subject, started, isOurs, failure, surprise);
    }

    private string Words(BadHttpRequestException refused) => refused.StatusCode switch
    {
        StatusCodes.Status413PayloadTooLarge => TooLarge().Text,
        StatusCodes.Status408RequestTimeout => "The body comes too slowly: the rest of it was not waited for",
        _ => refused.Message,
    };

    private Outcome TooLarge() => Outcome.Fail(
        StatusCode.MessageTooLarge, $"A body, and each tensor in it, may have at most {_settings.MaxBodyBytes} bytes.");
}
