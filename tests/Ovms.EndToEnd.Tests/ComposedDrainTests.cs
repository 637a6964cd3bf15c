using System.Runtime.InteropServices;
using Grpc.Core;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>A stop in the middle of pipelines and graphs: what has begun is finished, although it needs its models one after the other.</summary>
public sealed class ComposedDrainTests
{
    private const int Nodes = 400;

    private static readonly string s_graph = GraphText.Edge(["in"], ["out"]) + GraphText.Infer("dummy", ["B:in=b"], ["A:s0=a"])
        + string.Concat(Enumerable.Range(1, Nodes - 1).Select(static i => GraphText.InferAgain("dummy", [$"B:s{i - 1}=b"], [i == Nodes - 1 ? "A:out=a" : $"A:s{i}=a"])));

    private static readonly string s_pipeline = $$$"""
        {"name": "p", "inputs": ["in"], "nodes": [{{{string.Join(",", Enumerable.Range(0, Nodes).Select(Node))}}}],
         "outputs": [{"out": {"node_name": "n{{{Nodes - 1}}}", "data_item": "y"}}]}
        """;

    [Test]
    [Arguments("g")]
    [Arguments("p")]
    public async Task CallsInFlight_AreFinished(string name)
    {
        using ConfigFolder folder = new($$$"""
            {"model_config_list": [{"config": {"name": "dummy", "base_path": "${MODELS}/dummy"}}],
             "mediapipe_config_list": [{"name": "g"}], "pipeline_config_list": [{{{s_pipeline}}}]}
            """);
        folder.Write("g/graph.pbtxt", s_graph);
        await using OvmsServer server = await folder.StartAsync("Ready after");
        ModelInferRequest request = Requests.For(name).WithRaw("in", "FP32", [1, 10], FloatCalls.Count(10));
        AsyncUnaryCall<ModelInferResponse>[] calls = [.. Enumerable.Range(0, 40).Select(_ => server.Client.ModelInferAsync(request))];
        await calls[0];
        server.Process.Signal(PosixSignal.SIGTERM);
        foreach (AsyncUnaryCall<ModelInferResponse> call in calls)
        {
            try
            {
                await Assert.That((await call).Values<float>("out")[0]).IsEqualTo(Nodes);
            }
            catch (RpcException refused)
            {
                // One that came too late has computed nothing, so that no node is named.
                await Assert.That(refused.Status.Detail).DoesNotContain("node");
            }
        }

        await Assert.That(await server.Process.WaitForExitAsync()).IsEqualTo(0);
    }

    private static string Node(int i) => $$$"""
        {"name": "n{{{i}}}", "type": "DL model", "model_name": "dummy", "outputs": [{"data_item": "a", "alias": "y"}],
         "inputs": [{"b": {"node_name": "{{{(i == 0 ? "request" : $"n{i - 1}")}}}", "data_item": "{{{(i == 0 ? "in" : "y")}}}"}}]}
        """;
}
