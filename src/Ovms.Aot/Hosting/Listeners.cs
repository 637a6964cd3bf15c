using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Ovms.Frontends;
using Ovms.Frontends.Connections;
using Ovms.Frontends.Extensions;
using Ovms.Frontends.Grpc.Server;
using Ovms.Frontends.Grpc.Transport;
using Ovms.Frontends.Rest;
using Ovms.Frontends.Rest.Server;
using Ovms.Inference;
using Ovms.Observability;
using Ovms.Observability.Metrics;
using Ovms.Options;
using Ovms.Serving.Lifecycle;
using Ovms.Status;

namespace Ovms.Hosting;

/// <summary>The web server with both front ends, each on its own port.</summary>
internal sealed class Listeners
{
    // Time for connections to close at the end, also for one whose request body does not come. Answers have been sent or cut off by then.
    private static readonly TimeSpan s_closingLimit = TimeSpan.FromSeconds(1);

    private readonly GrpcSettings _grpc;
    private readonly RestSettings _rest;

    private readonly ConnectionLimits _connections;

    private Listeners(GrpcSettings grpc, RestSettings rest, ConnectionLimits connections)
    {
        _grpc = grpc;
        _rest = rest;
        _connections = connections;
    }

    /// <summary>Log messages about settings that have no effect, or a different one than in the original server.</summary>
    public IReadOnlyList<string> Notes => _grpc.Arguments.Notes;

    /// <summary>Warnings about settings whose values are out of range and have no effect.</summary>
    public IReadOnlyList<string> Warnings => _grpc.Arguments.Warnings;

    /// <summary>The open gRPC calls; null until the web server is built.</summary>
    public OpenStreams? Streams { get; private set; }

    /// <summary>Reads the options of both front ends.</summary>
    /// <param name="options">The options.</param>
    /// <param name="otherFiles">Files that callers can make the server open beside their connections.</param>
    public static Outcome<Listeners> From(ServerOptions options, int otherFiles = 0)
    {
        Outcome<ImmutableArray<IPEndPoint>> grpc = EndPoints.Of(options.GrpcBindAddress, options.Port);
        Outcome<ImmutableArray<IPEndPoint>> rest = EndPoints.Of(options.RestBindAddress, options.RestPort);
        Outcome<ChannelArguments> arguments = ChannelArguments.Parse(options.GrpcChannelArguments);
        Outcome<CorsHeaders> cors =
            CorsHeaders.Create(options.AllowCredentials, options.AllowedOrigins, options.AllowedMethods, options.AllowedHeaders);
        Outcome<string> grpcSocket = SocketFile.PathOf(options.GrpcUds, StatusCode.FailedToStartGrpcServer);
        Outcome<string> restSocket = SocketFile.PathOf(options.RestUds, StatusCode.FailedToStartRestServer);
        LogSettingsView log = new(options.LogPath, (LogLevel)options.LogLevel);
        ArrivalTimes arrival = new(options.RequestStartTimeoutSeconds, options.RequestStallTimeoutSeconds, options.RequestTimeoutSeconds);
        Outcome[] all =
        [
            grpc.WithoutValue, rest.WithoutValue, grpcSocket.WithoutValue, restSocket.WithoutValue,
            arguments.WithoutValue, cors.WithoutValue,
        ];
        Outcome failure = all.FirstOrDefault(static outcome => !outcome.IsOk);
        AnswerPace pace = new(TimeSpan.FromSeconds(options.AnswerStallTimeoutSeconds));
        return !failure.IsOk
            ? failure
            : new Listeners(
                new GrpcSettings
                {
                    Arrival = arrival,
                    Pace = pace,
                    EndPoints = grpc.Value,
                    SocketPath = grpcSocket.Value!,
                    ServerVersion = ServerVersion.Text,
                    Log = log,
                    Arguments = arguments.Value!,
                    Memory = new(options.GrpcMemoryQuota, "grpc_memory_quota", options.ConnectionMemoryPercent),
                    Streams = StreamLimits.From(options),
                },
                new RestSettings
                {
                    Arrival = arrival,
                    Pace = pace,
                    EndPoints = rest.Value,
                    SocketPath = restSocket.Value!,
                    ServerVersion = ServerVersion.Text,
                    Log = log,
                    Cors = cors.Value!,
                    Memory =
                        new(options.RestMemoryQuota ?? RestSettings.HalfOfTheMemory, "rest_memory_quota", options.ConnectionMemoryPercent),
                },
                ConnectionLimits.From(options, ConnectionGate.LimitFor(HostFacts.Current.OpenFilesLimit - otherFiles)));
    }

    /// <summary>Creates the web server; no port is opened yet.</summary>
    /// <remarks>
    /// The empty builder reads no configuration file, environment variable or argument: only the server's own options control it.
    /// </remarks>
    public WebApplication Build(Served served, ModelCalls calls, ServerMetrics? metrics, ILoggerProvider logging)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "ovms" });
        builder.Logging.AddProvider(logging);

        // This logger would create a scope and a record for every request, and nothing reads them.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        builder.WebHost.UseKestrelCore();
        builder.Services.AddSingleton<IHostLifetime, NoHostLifetime>();
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>, WireMemory>();
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = s_closingLimit);
        builder.Services.Configure<SocketTransportOptions>(static transport =>
        {
            transport.CreateBoundListenSocket = SocketFile.Bind;

            // Reads are parsed and writes are sent on the current thread, which saves two dispatches for each call. Measured with 8
            // callers of dummy over gRPC on two cores: 5 % more calls a second (22,900 -> 24,200); no change with one caller. Calls over
            // gRPC are still dispatched individually, so that one that computes does not block others of its connection.
            transport.UnsafePreferInlineScheduling = true;
        });
        GrpcFrontend.AddServices(builder.Services, _grpc);
        ConnectionGate gate = new(_connections, logging.CreateLogger("serving"));
        builder.Services.AddSingleton(_ => gate);
        RejectedRequests.AddTo(builder.Services);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.RequestHeadersTimeout = _connections.Headers;
            kestrel.ConfigureEndpointDefaults(gate.Guard);
            GrpcFrontend.Listen(kestrel, _grpc);
            RestFrontend.Listen(kestrel, _rest);
        });

        WebApplication web = builder.Build();
        RestFrontend.Map(web, _rest with { Metrics = metrics }, served, calls, logging.CreateLogger("rest"));
        Streams = GrpcFrontend.Map(web, _grpc, served, calls, logging.CreateLogger("grpc"));
        return web;
    }

    /// <summary>
    /// Checks that all ports can be bound. Kestrel reports that some address is in use but not which; probing each one names it.
    /// </summary>
    /// <returns>Ok, or the end point that cannot be bound, and why.</returns>
    public Outcome CheckFree()
    {
        Outcome free = FirstTaken(_grpc.EndPoints, StatusCode.FailedToStartGrpcServer);
        free = free.IsOk ? FirstTaken(_rest.EndPoints, StatusCode.FailedToStartRestServer) : free;
        free = free.IsOk ? SocketFile.Clear(_grpc.SocketPath, StatusCode.FailedToStartGrpcServer) : free;
        return free.IsOk ? SocketFile.Clear(_rest.SocketPath, StatusCode.FailedToStartRestServer) : free;
    }

    /// <summary>Opens the ports.</summary>
    /// <returns>Ok, or why a port cannot be opened.</returns>
    public async Task<Outcome> StartAsync(WebApplication web, ILogger log)
    {
        try
        {
            await web.StartAsync().ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or SocketException or UnauthorizedAccessException)
        {
            return Outcome.Fail(
                _grpc.EndPoints.IsEmpty && _grpc.SocketPath.Length == 0
                    ? StatusCode.FailedToStartRestServer
                    : StatusCode.FailedToStartGrpcServer,
                failure.Message);
        }

        if (Describe(_grpc.EndPoints, _grpc.SocketPath) is { Length: > 0 } grpc)
        {
            Log.GrpcListening(log, grpc);
        }

        if (Describe(_rest.EndPoints, _rest.SocketPath) is { Length: > 0 } rest)
        {
            Log.RestListening(log, rest);
        }

        return Outcome.Ok;
    }

    private static string Describe(ImmutableArray<IPEndPoint> endPoints, string socket) =>
        string.Join(
            ", ",
            [.. endPoints.Select(static endPoint => endPoint.ToString()), .. socket.Length > 0 ? new[] { $"unix:{socket}" } : []]);

    private static Outcome FirstTaken(ImmutableArray<IPEndPoint> endPoints, StatusCode failure)
    {
        foreach (IPEndPoint endPoint in endPoints)
        {
            try
            {
                // Bound as Kestrel binds it: :: also covers IPv4, whose port another process may use.
                using Socket probe = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
                probe.Listen();
            }
            catch (SocketException taken)
            {
                return Outcome.Fail(failure, $"{endPoint} cannot be listened on: {taken.Message}. {Remedy(taken.SocketErrorCode)}");
            }
        }

        return Outcome.Ok;
    }

    private static string Remedy(SocketError error) => error switch
    {
        SocketError.AddressAlreadyInUse => "Another process uses the port: stop it or choose another one.",
        SocketError.AccessDenied => "Ports below 1024 need a privilege: choose a higher one.",
        SocketError.AddressNotAvailable => "This machine does not have the address: choose one of its own, or 0.0.0.0 for all.",
        _ => "Choose another address or port.",
    };
}
