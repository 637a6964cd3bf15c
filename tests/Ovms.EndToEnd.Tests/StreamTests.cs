using System.Net.Sockets;
using System.Runtime.InteropServices;
using Google.Protobuf;
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

    // Several times, because the connection could close before the last status only by chance. By frames, because the client library drops
    // a status that it has received and not handed on when the connection closes.
    [Test]
    [Repeat(4)]
    public async Task ServerThatStops_EndsQuietStreamsAndAnswersWhatItHas()
    {
        using ConfigFolder folder = new(Config);
        folder.Write("g/graph.pbtxt", s_graph);
        await using OvmsServer server = await folder.StartAsync("Ready after");
        int[] streams = [.. Http2Frames.Streams(20)];
        using Socket socket = await Http2Frames.ConnectAsync(server.GrpcPort);
        foreach (int stream in streams)
        {
            ModelInferRequest request = stream % 4 == 1
                ? Requests.For("g").WithRaw("in", "FP32", [1, 10], FloatCalls.Count(10))
                : Requests.For("dummy").WithRaw("b", "FP32", [1, 10], FloatCalls.Count(10));
            await RawHttp.SendAsync(socket, Http2Frames.Headers(stream, $"/{RawGrpc.Inference}/ModelStreamInfer"));
            await RawHttp.SendAsync(socket, Http2Frames.Unfinished(stream, RawGrpc.Frame(request.ToByteArray())));
        }

        await Http2Frames.BegunAsync(socket, streams);
        server.Process.Signal(PosixSignal.SIGTERM);
        IReadOnlyDictionary<int, string> ends = await Http2Frames.EndsAsync(socket);
        await Assert.That(ends.Keys).IsEquivalentTo(streams);

        // Written out once; later ones of the connection refer to it.
        await Assert.That(string.Concat(ends.Values)).Contains("grpc-status").And.Contains($"{(int)StatusCode.Unavailable}");
    }
}
