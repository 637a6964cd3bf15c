using System.Text.Json;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>Graphs that take the whole request and give the whole response, and graphs of pipelines.</summary>
public sealed class GraphEdgeTests
{
    private const string Pass = "node { calculator: \"PassThroughCalculator\" input_stream: \"in\" output_stream: \"out\" }\n";

    [Test]
    public async Task WholeRequest_ComesBackAsTheResponse()
    {
        using ConfigFolder folder = Folder(GraphText.Edge(["REQUEST:in"], ["RESPONSE:out"]) + Pass);
        await using OvmsServer server = await folder.StartAsync("Ready after");
        byte[] texts = Requests.Pack("one"u8.ToArray(), [], "three"u8.ToArray());
        ModelInferRequest request = Requests.For("g", id: "7").WithRaw("numbers", "INT64", [2, 1], 3L, -4L).WithBytes("texts", "BYTES", [3], texts);
        request.Parameters["OVMS_MP_TIMESTAMP"] = new InferParameter { Int64Param = 12 };
        ModelInferResponse answer = await server.Client.ModelInferAsync(request);
        await Assert.That((answer.ModelName, answer.ModelVersion, answer.Id)).IsEqualTo(("g", "1", "7"));
        await Assert.That(answer.Parameters["OVMS_MP_TIMESTAMP"].Int64Param).IsEqualTo(12);
        await Assert.That(answer.Outputs.Select(static output => $"{output.Name} {output.Datatype} {string.Join(',', output.Shape)}"))
            .IsEquivalentTo(["numbers INT64 2,1", "texts BYTES 3"]);
        await Assert.That(answer.Values<long>("numbers")).IsEquivalentTo([3L, -4]);
        await Assert.That(answer.Bytes("texts").SequenceEqual(texts)).IsTrue();

        answer = await server.Client.ModelInferAsync(request.WithOutputs("texts"));
        await Assert.That(answer.Outputs.Single().Name).IsEqualTo("texts");

        using HttpResponseMessage json = await server.Http.PostAsync(
            "/v2/models/g/infer", new StringContent("""{"inputs": [{"name": "any", "datatype": "FP32", "shape": [1, 2], "data": [1.5, 2]}]}"""));
        JsonElement output = JsonDocument.Parse(await json.Content.ReadAsStringAsync()).RootElement.GetProperty("outputs")[0];
        await Assert.That(output.GetProperty("name").GetString()).IsEqualTo("any");
        await Assert.That(output.GetProperty("data")[0].GetSingle()).IsEqualTo(1.5f);
    }

    [Test]
    [Arguments("REQUEST:in", "OVTENSOR:out", "Mediapipe KFS pass through graph is missing RESPONSE: string in the output name")]
    [Arguments("OVTENSOR:in", "RESPONSE:out", "Mediapipe KFS pass through graph is missing REQUEST: string in the input name")]
    [Arguments("REQUEST:in OVTENSOR:more", "RESPONSE:out", "Mediapipe unexpected input stream packets count")]
    [Arguments("REQUEST:in", "RESPONSE:out OVTENSOR:more", "Mediapipe unexpected output stream packets count")]
    public async Task WholeRequestWithOtherStreams_IsRefused(string inputs, string outputs, string told)
    {
        using ConfigFolder folder = Folder(GraphText.Edge(inputs.Split(' '), outputs.Split(' ')) + Pass);
        (int code, string output, _) = await OvmsProcess.RunAsync(["check", "--config_path", folder.File], folder.Environment);
        await Assert.That(code).IsEqualTo(1);
        await Assert.That(output).Contains(told);
    }

    [Test]
    public async Task WholeRequestForAModel_IsRefused()
    {
        using ConfigFolder folder = Folder(GraphText.Edge(["REQUEST:in"], ["RESPONSE:out"]) + GraphText.Infer("dummy", ["B:in=b"], ["A:out=a"]));
        (int code, string output, _) = await OvmsProcess.RunAsync(["check", "--config_path", folder.File], folder.Environment);
        await Assert.That(code).IsEqualTo(1);
        await Assert.That(output).Contains("whole request");
    }

    // Counterpart of the original's graphadapterfull_two_outputs_dag.pbtxt.
    [Test]
    public async Task Session_MayNameAPipelineOfTwoInputsAndOutputs()
    {
        using ConfigFolder folder = new("""
            {"model_config_list": [{"config": {"name": "dummy", "base_path": "${MODELS}/dummy"}}], "mediapipe_config_list": [{"name": "g"}],
             "pipeline_config_list": [{"name": "pair", "inputs": ["left", "right"], "nodes": [
                {"name": "l", "type": "DL model", "model_name": "dummy", "inputs": [{"b": {"node_name": "request", "data_item": "left"}}], "outputs": [{"data_item": "a", "alias": "x"}]},
                {"name": "r", "type": "DL model", "model_name": "dummy", "inputs": [{"b": {"node_name": "request", "data_item": "right"}}], "outputs": [{"data_item": "a", "alias": "x"}]}],
                "outputs": [{"one": {"node_name": "l", "data_item": "x"}}, {"two": {"node_name": "r", "data_item": "x"}}]}]}
            """);
        folder.Write(
            "g/graph.pbtxt",
            GraphText.Edge(["in_1", "in_2"], ["out_1", "out_2"]) + GraphText.Infer("pair", ["A:in_1=left", "B:in_2=right"], ["C:out_1=one", "D:out_2=two"]));
        await using OvmsServer server = await folder.StartAsync("Ready after");
        ModelInferRequest request = Requests.For("g").WithRaw("in_2", "FP32", [1, 10], FloatCalls.Count(10, 100)).WithRaw("in_1", "FP32", [1, 10], FloatCalls.Count(10));
        ModelInferResponse answer = await server.Client.ModelInferAsync(request);
        await Assert.That(answer.Values<float>("out_1").SequenceEqual(FloatCalls.Count(10, 1))).IsTrue();
        await Assert.That(answer.Values<float>("out_2").SequenceEqual(FloatCalls.Count(10, 101))).IsTrue();

        ModelMetadataResponse metadata = await server.Client.ModelMetadataAsync(new ModelMetadataRequest { Name = "g" });
        await Assert.That((metadata.Inputs[0].Datatype, string.Join(',', metadata.Outputs[1].Shape))).IsEqualTo(("FP32", "1,10"));
    }

    private static ConfigFolder Folder(string graph)
    {
        ConfigFolder folder = new("""{"model_config_list": [], "mediapipe_config_list": [{"name": "g"}]}""");
        folder.Write("g/graph.pbtxt", graph);
        folder.Write("g/subconfig.json", """{"model_config_list": [{"config": {"name": "dummy", "base_path": "${MODELS}/dummy"}}]}""");
        return folder;
    }
}
