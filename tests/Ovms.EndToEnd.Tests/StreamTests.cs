using System.Runtime.InteropServices;
using Grpc.Core;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>
/// ModelStreamInfer of the published binary: each check of the public client's script is a test, and the script runs once. Beside it what
/// such a client cannot do.
/// </summary>
public sealed class StreamTests
{
    private const string Config = """
        {"model_config_list": [
            {"config": {"name": "dummy", "base_path": "${MODELS}/dummy", "nireq": 4}},
            {"config": {"name": "sums", "base_path": "${MODELS}/accumulator", "stateful": true}}],
         "mediapipe_config_list": [{"name": "g"}],
         "pipeline_config_list": [{"name": "two", "inputs": ["in"], "nodes": [
            {"name": "a", "type": "DL model", "model_name": "dummy", "inputs": [{"b": {"node_name": "request", "data_item": "in"}}], "outputs": [{"data_item": "a", "alias": "x"}]},
            {"name": "b", "type": "DL model", "model_name": "dummy", "inputs": [{"b": {"node_name": "a", "data_item": "x"}}], "outputs": [{"data_item": "a", "alias": "y"}]}],
            "outputs": [{"out": {"node_name": "b", "data_item": "y"}}]}]}
        """;

    private static readonly string s_graph = GraphText.Edge(["in"], ["one", "two"])
        + GraphText.Infer("dummy", ["B:in=b"], ["A:one=a"]) + GraphText.InferAgain("dummy", ["B:one=b"], ["A:two=a"]);

    private static ConfigFolder s_folder = null!;
    private static OvmsServer s_server = null!;
    private static Lazy<Task<IReadOnlyDictionary<string, string?>>> s_run = null!;

    [Before(Class)]
    public static async Task StartServer()
    {
        s_folder = new(Config);
        s_folder.Write("g/graph.pbtxt", s_graph);
        s_server = await s_folder.StartAsync("Ready after", "--metrics_enable");
        s_run = new(() => TritonClient.RunAsync("stream_client.py", new Dictionary<string, string> { ["all"] = $"127.0.0.1:{s_server.GrpcPort}" }));
    }

    [After(Class)]
    public static async Task StopServer()
    {
        await s_server.DisposeAsync();
        s_folder.Dispose();
    }

    public static IEnumerable<string> Checks() => TritonClient.ChecksOf("stream_client.py");

    [Test]
    [MethodDataSource(nameof(Checks))]
    public async Task PublicClient_IsAtHome(string check)
    {
        IReadOnlyDictionary<string, string?> ended = await s_run.Value;
        await Assert.That(ended.ContainsKey(check)).IsTrue().Because($"stream_client.py did not run {check}");
        await Assert.That(ended[check]).IsNull();
    }

    // Several times, because the connection could close before the last status only by chance.
    [Test]
    [Repeat(4)]
    public async Task ServerThatStops_EndsQuietStreamsAndAnswersWhatItHas()
    {
        using ConfigFolder folder = new(Config);
        folder.Write("g/graph.pbtxt", s_graph);
        await using OvmsServer server = await folder.StartAsync("Ready after");
        AsyncDuplexStreamingCall<ModelInferRequest, ModelStreamInferResponse>[] streams = [.. Enumerable.Range(0, 20).Select(_ => server.Client.ModelStreamInfer())];
        for (int i = 0; i < streams.Length; i++)
        {
            await streams[i].RequestStream.WriteAsync(Requests.For(i % 2 == 0 ? "g" : "dummy").WithRaw(i % 2 == 0 ? "in" : "b", "FP32", [1, 10], FloatCalls.Count(10)));
            await Assert.That(await streams[i].ResponseStream.MoveNext()).IsTrue();
        }

        server.Process.Signal(PosixSignal.SIGTERM);
        foreach (AsyncDuplexStreamingCall<ModelInferRequest, ModelStreamInferResponse> stream in streams)
        {
            RpcException ended = await Fault.OfAsync(async () =>
            {
                while (await stream.ResponseStream.MoveNext())
                {
                }
            });
            await Assert.That(ended.StatusCode).IsEqualTo(StatusCode.Unavailable).Because(ended.Status.Detail);
            stream.Dispose();
        }
    }
}
