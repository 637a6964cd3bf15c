using System.Net;
using Grpc.Core;
using Grpc.Health.V1;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Ovms.Frontends.Grpc.Binding;
using Ovms.Frontends.Grpc.KServe;
using Ovms.Frontends.Grpc.Streaming;
using Ovms.Frontends.Grpc.TensorFlow;
using Ovms.Frontends.Grpc.Transport;
using Ovms.Inference;
using Ovms.Serving.Lifecycle;

namespace Ovms.Frontends.Grpc.Server;

/// <summary>The gRPC front end: its listeners, limits and services. It accepts only HTTP/2.</summary>
internal static class GrpcFrontend
{
    // Bytes that a caller may send before it must wait for a WINDOW_UPDATE. A stream's window holds a 224×224 image of floats, so that it
    // arrives in one go; a connection's window holds several.
    private const int StreamWindow = 4 << 20;
    private const int ConnectionWindow = 16 << 20;

    // Calls at a time on one connection. More than there are infer requests, since the pool's queue is fair across connections.
    private const int StreamsPerConnection = 1024;

    // Bytes of a message without tensors: names and versions. The same as a gRPC client's default limit.
    private const int SmallMessage = 4 << 20;

    /// <summary>Registers the gRPC framework's services.</summary>
    public static void AddServices(IServiceCollection services, GrpcSettings settings)
    {
        services.AddGrpc(grpc =>
        {
            int most = Math.Min(settings.Arguments.MaxReceiveMessageLength, SmallMessage);
            grpc.MaxReceiveMessageSize = most;
            grpc.MaxSendMessageSize = settings.Arguments.MaxSendMessageLength;
            grpc.CompressionProviders = [.. new MessageCoding(most, settings.Memory).Providers];
        });
    }

    /// <summary>Adds the listeners and sets the HTTP/2 limits, which apply to the whole server.</summary>
    public static void Listen(KestrelServerOptions server, GrpcSettings settings)
    {
        ChannelArguments arguments = settings.Arguments;
        server.Limits.MinRequestBodyDataRate = null;
        settings.Pace.Use(server);
        Http2Limits http2 = server.Limits.Http2;
        http2.InitialStreamWindowSize = StreamWindow;
        http2.InitialConnectionWindowSize = ConnectionWindow;
        http2.MaxFrameSize = GrpcSettings.FrameSize;
        http2.MaxStreamsPerConnection = arguments.MaxConcurrentStreams ?? StreamsPerConnection;
        http2.KeepAlivePingDelay = arguments.KeepAliveTime ?? http2.KeepAlivePingDelay;
        http2.KeepAlivePingTimeout = arguments.KeepAliveTimeout ?? http2.KeepAlivePingTimeout;
        server.Limits.KeepAliveTimeout = arguments.MaxConnectionIdle ?? server.Limits.KeepAliveTimeout;
        foreach (IPEndPoint endPoint in settings.EndPoints)
        {
            server.Listen(endPoint, Configure);
        }

        if (settings.SocketPath.Length > 0)
        {
            server.ListenUnixSocket(settings.SocketPath, listener =>
            {
                Configure(listener);
                SocketAuthority.Mend(listener);
            });
        }

        void Configure(ListenOptions listener)
        {
            listener.Protocols = HttpProtocols.Http2;
            settings.Memory.Watch(listener);
            settings.Pace.Use(listener);
            FirstBytes.Check(listener);
            CountedTransport.Use(listener);
            if (arguments.MaxConnectionAge is { } age)
            {
                ConnectionAge.Limit(listener, age, arguments.MaxConnectionAgeGrace);
            }
        }
    }

    /// <summary>Maps the services of both APIs, health and reflection.</summary>
    /// <returns>The open calls, for metrics.</returns>
    public static OpenStreams Map(WebApplication app, GrpcSettings settings, Served served, ModelCalls calls, ILogger log)
    {
        // Order: calls that the endpoint does not handle go on to the framework.
        OpenStreams streams = new(settings.Streams, settings.Arrival, served.Drain.Draining, app.Lifetime.ApplicationStopping, log);
        InferApi kserve = KServeBinding.Infer(calls);
        InferApi[] apis = [kserve, TfsBinding.Predict(calls)];
        new InferEndpoint(apis, served.Registry, served.Drain.Draining, calls, settings, streams, log).Use(app);
        new StreamEndpoint(kserve, served.Registry, calls, settings, streams, served.Drain, log).Use(app);
        streams.Use(app);
        CountedBody.Use(app, settings);
        OnDemand.Use(app, "/grpc.reflection.", routes =>
        {
            MapService(routes, GrpcReflection.BindV1);
            MapService(routes, GrpcReflection.BindV1Alpha);
        });
        OnDemand.Use(app, "/", routes =>
        {
            MapService(routes, binder =>
            {
                KServeBinding.Bind(
                    binder,
                    new KServeService(served.Registry, served.Readiness, served.Drain, served.Counts, settings, calls.Regions));
                ExtensionBinding.Bind(binder, new ExtensionService(served.Registry));
                ExtensionBinding.Bind(binder, new SettingsService(served.Registry, settings.Log));
                ExtensionBinding.Bind(binder, new SharedMemoryService(calls.Regions));
            });
            MapService(routes, binder => TfsBinding.BindPrediction(binder, new TfsPredictionService(served.Registry, served.Counts)));
            MapService(routes, binder => TfsBinding.BindModels(binder, new TfsModelService(served.Registry, served.Counts)));
            MapService(routes, binder => Health.BindService(binder, new GrpcHealth(served.Registry, served.Readiness, served.Drain)));
        });
        return streams;

        void MapService(IEndpointRouteBuilder routes, Action<ServiceBinderBase> bind)
        {
            ServerServiceDefinition.Builder definition = ServerServiceDefinition.CreateBuilder();
            bind(new CallBinder(definition, log, app.Lifetime.ApplicationStopping));
            routes.MapGrpcService(definition.Build());
        }
    }
}
