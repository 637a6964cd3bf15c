using Grpc.Net.Client;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>A published binary that serves: both listeners on loopback, a gRPC channel and an HTTP client to them.</summary>
internal sealed class OvmsServer : IAsyncDisposable
{
    private OvmsServer(OvmsProcess process, int grpcPort, int restPort)
    {
        Process = process;
        GrpcPort = grpcPort;
        RestPort = restPort;
        Channel = GrpcChannel.ForAddress(
            $"http://127.0.0.1:{grpcPort}",
            new GrpcChannelOptions { MaxReceiveMessageSize = 1 << 30, MaxSendMessageSize = 1 << 30 });

        // A caller that disposes an answer leaves at once; the default is to read on for two seconds.
        Http = new HttpClient(new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero })
        {
            BaseAddress = new Uri($"http://127.0.0.1:{restPort}"),
            Timeout = OvmsProcess.Patience,
        };
        Client = new GRPCInferenceService.GRPCInferenceServiceClient(Channel);
    }

    public OvmsProcess Process { get; }

    public int GrpcPort { get; }

    public int RestPort { get; }

    public GrpcChannel Channel { get; }

    public HttpClient Http { get; }

    public GRPCInferenceService.GRPCInferenceServiceClient Client { get; }

    /// <summary>Starts the server on one model and waits until it is ready.</summary>
    /// <param name="modelPath">The model's path.</param>
    /// <param name="modelName">The name it is served under.</param>
    /// <param name="more">Further arguments.</param>
    public static Task<OvmsServer> StartAsync(string modelPath, string modelName, params string[] more) =>
        StartAsync(modelPath, modelName, null, more);

    /// <summary>The same with environment variables.</summary>
    public static Task<OvmsServer> StartAsync(string modelPath, string modelName, IReadOnlyDictionary<string, string?>? environment, params string[] more) =>
        WaitAsync(Launch(modelPath, modelName, environment, more), "Ready after");

    /// <summary>The same with another copy of the binary.</summary>
    public static Task<OvmsServer> StartCopyAsync(string binary, string modelPath, string modelName, params string[] more) =>
        WaitAsync(LaunchOn(null, ["--model_path", modelPath, "--model_name", modelName, .. more], binary), "Ready after");

    /// <summary>Starts the server on what the arguments name and waits for a part of a line.</summary>
    public static Task<OvmsServer> StartOnAsync(string awaited, IReadOnlyDictionary<string, string?>? environment, params string[] arguments) =>
        WaitAsync(LaunchOn(environment, arguments), awaited);

    /// <summary>The same where loading is known to take long on a busy machine.</summary>
    public static Task<OvmsServer> StartSlowAsync(string awaited, TimeSpan patience, params string[] arguments) =>
        WaitAsync(LaunchOn(null, arguments), awaited, patience);

    private static async Task<OvmsServer> WaitAsync(OvmsServer server, string awaited, TimeSpan? patience = null)
    {
        try
        {
            await server.Process.WaitForLineAsync(line => line.Contains(awaited, StringComparison.Ordinal), patience);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the server and does not wait.</summary>
    public static OvmsServer Launch(string modelPath, string modelName, IReadOnlyDictionary<string, string?>? environment, params string[] more) =>
        LaunchOn(environment, ["--model_path", modelPath, "--model_name", modelName, .. more]);

    private static OvmsServer LaunchOn(IReadOnlyDictionary<string, string?>? environment, string[] arguments, string? binary = null)
    {
        int grpcPort = FreePort.Next();
        int restPort = FreePort.Next();
        OvmsProcess process = OvmsProcess.Start(
            ["--port", $"{grpcPort}", "--rest_port", $"{restPort}", "--grpc_bind_address", "127.0.0.1", "--rest_bind_address", "127.0.0.1", .. arguments],
            environment,
            binary);
        return new OvmsServer(process, grpcPort, restPort);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        Http.Dispose();
        await Process.DisposeAsync();
    }
}
