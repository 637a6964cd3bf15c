using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Ovms.Frontends.Rest;
using Ovms.Frontends.Rest.Server;
using Ovms.Native;
using Ovms.Options;
using Ovms.Serving;
using Ovms.Serving.Lifecycle;
using Ovms.Serving.Preparation;
using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;
using Ovms.Serving.Table;
using Ovms.SharedMemory;
using Ovms.Tests.Inference;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Frontends.Rest;

/// <summary>The REST front on a loopback port of its own, over models on the real engine.</summary>
internal sealed class RestServer : IAsyncDisposable
{
    private readonly WebApplication _web;
    private readonly ErrorLog _log = new();
    private readonly List<Servable> _servables = [];

    private RestServer(WebApplication web) => _web = web;

    public Served Served { get; } = Served.Create(ReadyRule.All, metrics: null);

    public ServableRegistry Registry => Served.Registry;

    public HttpClient Client { get; private set; } = null!;

    public IPEndPoint EndPoint { get; private set; } = null!;

    /// <summary>The errors that the server logged: a caller's fault must not be among them.</summary>
    public IReadOnlyCollection<string> Errors => _log.Errors;

    /// <summary>Starts the server; nothing is served yet.</summary>
    public static async Task<RestServer> StartAsync(CorsHeaders? cors = null, long maxBody = 64 << 20, SharedRegions? regions = null)
    {
        RestSettings settings = new() { EndPoints = [new IPEndPoint(IPAddress.Loopback, 0)], ServerVersion = "9.8.7", Cors = cors ?? CorsHeaders.Default, MaxBodyBytes = maxBody };
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "ovms" });
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => RestFrontend.Listen(kestrel, settings));
        WebApplication web = builder.Build();
        RestServer server = new(web);
        RestFrontend.Map(web, settings, server.Served, TestCalls.Of(server.Served, regions), server._log);
        await web.StartAsync();
        Uri address = new(web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        server.EndPoint = new IPEndPoint(IPAddress.Loopback, address.Port);
        server.Client = new HttpClient { BaseAddress = address };
        return server;
    }

    /// <summary>Starts the server with models of the repository's, each as version 1.</summary>
    public static Task<RestServer> ServeAsync(params string[] models) => ServeAsync(regions: null, models);

    /// <summary>Starts the server with models and shared memory that callers may register.</summary>
    public static async Task<RestServer> ServeAsync(SharedRegions? regions, params string[] models)
    {
        RestServer server = await StartAsync(regions: regions);
        server.Registry.Publish(new ServableTable(models.Select(name => new ModelEntry(name, [new VersionEntry(1, ServableState.Available, server.Load(name))]))));
        return server;
    }

    /// <summary>A model with two infer requests.</summary>
    public Servable Load(string name, long version = 1)
    {
        string folder = Path.Combine(Repo.Model(name), "1");
        using Model model = Engine.Core.ReadModel(Directory.EnumerateFiles(folder, "*.xml").Single());
        CompiledModel compiled = Engine.Compile(model);
        Signature signature = SignatureReader.Read(compiled.Inputs, compiled.Outputs, [.. compiled.Inputs.Select(Layout)], [.. compiled.Outputs.Select(Layout)]).Value!;
        InferSlot[] slots = [.. Enumerable.Range(0, 2).Select(_ => new InferSlot(new RequestRun(compiled.CreateInferRequest(), canBeCancelled: true), signature.Inputs.Length))];
        Servable servable = new(new ServableId(name, version), new LoadedModel(signature, new InferRequestPool(slots, 100), compiled));
        _servables.Add(servable);
        return servable;

        static string Layout(PortInfo port) => port.Shape.Rank == 0 ? "..." : "N...";
    }

    /// <summary>Takes a servable over: it is retired when the server stops.</summary>
    public Servable Add(Servable servable)
    {
        _servables.Add(servable);
        return servable;
    }

    /// <summary>Infer requests in use.</summary>
    public int InUse => _servables.Sum(static servable => servable.Pool.InUse);

    /// <summary>A raw connection, for requests that an HTTP library would not send.</summary>
    public async Task<NetworkStream> ConnectAsync()
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(EndPoint);
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>Stops the server; waits until every lease has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _web.StopAsync();
        await _web.DisposeAsync();
        foreach (Servable servable in _servables)
        {
            servable.Retire();
            await servable.Drained.WaitAsync(TimeSpan.FromSeconds(30));
        }
    }

    private sealed class ErrorLog : ILogger
    {
        private readonly List<string> _errors = [];

        public IReadOnlyCollection<string> Errors
        {
            get
            {
                lock (_errors)
                {
                    return [.. _errors];
                }
            }
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Error)
            {
                lock (_errors)
                {
                    _errors.Add($"{formatter(state, exception)} {exception}");
                }
            }
        }
    }
}
