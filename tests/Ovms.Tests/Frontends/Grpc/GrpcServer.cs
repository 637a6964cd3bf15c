using System.Net;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Frontends.Grpc.Server;
using Ovms.Frontends.Grpc.Transport;
using Ovms.Observability.Metrics;
using Ovms.Options;
using Ovms.Serving.Lifecycle;
using Ovms.Serving.Table;
using Ovms.SharedMemory;
using Ovms.Tests.Inference;

namespace Ovms.Tests.Frontends.Grpc;

/// <summary>The gRPC front end on a free port of the loopback, with a client.</summary>
internal sealed class GrpcServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private GrpcServer(WebApplication app, Served served)
    {
        _app = app;
        Served = served;
    }

    /// <summary>The served models and the server's state of them.</summary>
    public Served Served { get; }

    /// <summary>The served models.</summary>
    public ServableRegistry Registry => Served.Registry;

    private static GrpcSettings AnyPort => new() { EndPoints = [new IPEndPoint(IPAddress.Loopback, 0)], ServerVersion = "1.2.3" };

    /// <summary>Where the server listens.</summary>
    public string Address { get; private set; } = "";

    /// <summary>A connection to it.</summary>
    public GrpcChannel Channel { get; private set; } = null!;

    /// <summary>A client over <see cref="Channel"/>.</summary>
    public GRPCInferenceService.GRPCInferenceServiceClient Client { get; private set; } = null!;

    /// <summary>Starts a server for some loaded models.</summary>
    public static Task<GrpcServer> StartAsync(params Servable[] servables) => StartAsync(AnyPort, servables);

    /// <summary>Starts a server with metrics; it serves nothing yet.</summary>
    public static Task<GrpcServer> StartAsync(ServerMetrics metrics) => StartAsync(AnyPort, [], metrics: metrics);

    /// <summary>Starts a server whose callers may register shared memory.</summary>
    public static Task<GrpcServer> StartAsync(SharedRegions regions, params Servable[] servables) =>
        StartAsync(AnyPort, servables, regions: regions);

    /// <summary>Starts a server with channel arguments.</summary>
    public static Task<GrpcServer> StartWithAsync(string arguments, params Servable[] servables) => StartAsync(
        AnyPort with { Arguments = ChannelArguments.Parse(arguments).Value! }, servables);

    /// <summary>Starts a server.</summary>
    public static async Task<GrpcServer> StartAsync(
        GrpcSettings settings, Servable[] servables, Action<WebApplication>? map = null, ServerMetrics? metrics = null, SharedRegions? regions = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        GrpcFrontend.AddServices(builder.Services, settings);
        builder.WebHost.ConfigureKestrel(kestrel => GrpcFrontend.Listen(kestrel, settings));

        WebApplication app = builder.Build();
        Served served = Served.Create(ReadyRule.All, metrics);
        GrpcFrontend.Map(app, settings, served, TestCalls.Of(served, regions), app.Logger);
        map?.Invoke(app);
        if (servables.Length > 0)
        {
            served.Registry.Publish(ServedModel.Table(servables));
        }

        await app.StartAsync();
        IServerAddressesFeature addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        GrpcServer server = new(app, served) { Address = addresses.Addresses.Single() };
        server.Channel = GrpcChannel.ForAddress(server.Address, new GrpcChannelOptions { MaxReceiveMessageSize = null, MaxSendMessageSize = null });
        server.Client = new GRPCInferenceService.GRPCInferenceServiceClient(server.Channel);
        return server;
    }

    /// <summary>Makes a call whose body the test writes.</summary>
    public async Task<byte[]> CallAsync(string service, string call, byte[] request, CallOptions options = default)
    {
        using AsyncUnaryCall<byte[]> unary = Channel.CreateCallInvoker().AsyncUnaryCall(BytesMethod(MethodType.Unary, service, call), null, options, request);
        return await unary;
    }

    /// <summary>Makes a call with any number of messages where one is expected.</summary>
    public async Task<byte[]> CallWithAsync(string service, string call, params byte[][] requests)
    {
        using AsyncClientStreamingCall<byte[], byte[]> stream = Stream(service, call);
        foreach (byte[] request in requests)
        {
            try
            {
                await stream.RequestStream.WriteAsync(request);
            }
            catch (RpcException)
            {
                // The server has already responded; the response tells what this exception would.
                break;
            }
        }

        await stream.RequestStream.CompleteAsync();
        return await stream;
    }

    /// <summary>Starts a call whose messages the test sends.</summary>
    public AsyncClientStreamingCall<byte[], byte[]> Stream(string service, string call, DateTime? deadline = null) =>
        Channel.CreateCallInvoker().AsyncClientStreamingCall(BytesMethod(MethodType.ClientStreaming, service, call), null, new CallOptions(deadline: deadline));

    /// <summary>Stops the server as a signal would.</summary>
    public Task StopAsync() => _app.StopAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await _app.DisposeAsync();
        foreach (ModelEntry model in Registry.Current.Models)
        {
            foreach (VersionEntry version in model.Versions)
            {
                version.Servable?.Retire();
            }
        }
    }

    private static Method<byte[], byte[]> BytesMethod(MethodType type, string service, string call)
    {
        Marshaller<byte[]> bytes = Marshallers.Create(static value => value, static value => value);
        return new Method<byte[], byte[]>(type, service, call, bytes, bytes);
    }
}
