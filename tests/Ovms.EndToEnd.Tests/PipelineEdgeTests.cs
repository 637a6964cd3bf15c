using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Tests.Setup;

namespace Ovms.EndToEnd.Tests;

/// <summary>What requests bring to pipelines and take from them unchanged, and what <c>ovms check</c> finds between.</summary>
public sealed class PipelineEdgeTests
{
    private const string Library = """{"name": "lib", "base_path": "/ovms/lib/custom_nodes/libcustom_node_image_transformation.so"}""";

    private static readonly float[] s_numbers = [.. Enumerable.Range(1, 10).Select(static i => (float)i)];

    [Test]
    [Arguments(-1)]
    [Arguments(2)]
    public async Task ImagesOfASplitRequest_AreItsParts(int count)
    {
        using ConfigFolder folder = new(Config($$$"""
            {"name": "p", "inputs": ["image"], "demultiply_count": {{{count}}}, "nodes": [
                {"name": "t", "type": "custom", "library_name": "lib", "params": {"original_image_layout": "HWC", "target_image_layout": "CHW"},
                    "inputs": [{"image": {"node_name": "request", "data_item": "image"}}], "outputs": [{"data_item": "image", "alias": "image"}]}],
                "outputs": [{"out": {"node_name": "t", "data_item": "image"}}]}
            """));
        await using OvmsServer server = await folder.StartAsync("Ready after");
        ModelInferRequest request = Requests.For("p").WithBytes("image", "BYTES", [2], Requests.Pack(Gray(3, 2, 10), Gray(3, 2, 40)));
        ModelInferResponse answer = await server.Client.ModelInferAsync(request);
        await Assert.That(answer.Outputs[0].Shape).IsEquivalentTo([2L, 1, 3, 2, 3]);
        float[] values = answer.Values<float>("out");
        await Assert.That(values[..6]).IsEquivalentTo([10f, 11, 12, 13, 14, 15]);
        await Assert.That(values[18..24]).IsEquivalentTo([40f, 41, 42, 43, 44, 45]);

        // The same as tensors.
        float[] pixels = [.. ((byte[])[10, 40]).SelectMany(static first => Enumerable.Range(first, 6).SelectMany(static value => Enumerable.Repeat((float)value, 3)))];
        (long[]? shape, float[] same) = await server.CallAsync(CallWay.KServeGrpc, "p", ("image", [2, 1, 2, 3, 3], pixels));
        await Assert.That(shape!).IsEquivalentTo([2L, 1, 3, 2, 3]);
        await Assert.That(same.SequenceEqual(values)).IsTrue();

        request = Requests.For("p").WithBytes("image", "BYTES", [2], Requests.Pack(Gray(3, 2, 10), Gray(2, 2, 40)));
        Grpc.Core.RpcException refused = (await Assert.That(async () => await server.Client.ModelInferAsync(request)).Throws<Grpc.Core.RpcException>())!;
        await Assert.That(refused.StatusCode).IsEqualTo(Grpc.Core.StatusCode.InvalidArgument);
        await Assert.That(refused.Status.Detail).Contains("3 x 2 as the first; Actual: 2 x 2");
        if (count > 0)
        {
            request = Requests.For("p").WithBytes("image", "BYTES", [1], Requests.Pack(Gray(3, 2, 10)));
            refused = (await Assert.That(async () => await server.Client.ModelInferAsync(request)).Throws<Grpc.Core.RpcException>())!;
            await Assert.That(refused.Status.Detail).Contains("Invalid input batch size");
        }
    }

    [Test]
    [Arguments(CallWay.KServeGrpc)]
    [Arguments(CallWay.KServeRest)]
    public async Task InputWiredToTheResponse_ComesBack(CallWay way)
    {
        using ConfigFolder folder = new(Config(Echo("""{"node_name": "request", "data_item": "in"}""")));
        await using OvmsServer server = await folder.StartAsync("Ready after");
        (_, float[] values) = await server.CallAsync(way, "echo", ("in", [1, 10], s_numbers));
        await Assert.That(values.SequenceEqual(s_numbers)).IsTrue();
    }

    [Test]
    public async Task InputThatNoNodeTakes_MayBeOfAnyType()
    {
        using ConfigFolder folder = new(Config(Echo("""{"node_name": "request", "data_item": "tag"}""", ", \"tag\"")));
        await using OvmsServer server = await folder.StartAsync("Ready after");
        ModelMetadataResponse metadata = await server.Client.ModelMetadataAsync(new ModelMetadataRequest { Name = "echo" });
        await Assert.That(metadata.Inputs.Single(static input => input.Name == "tag").Datatype).IsEqualTo("INVALID");
        ModelInferRequest numbers = Requests.For("echo").WithRaw("in", "FP32", [1, 10], s_numbers).WithRaw("tag", "INT64", [2, 1], 7L, -8L);
        ModelInferResponse answer = await server.Client.ModelInferAsync(numbers);
        await Assert.That(answer.Values<long>("y")).IsEquivalentTo([7L, -8]);
        await Assert.That((answer.Outputs[0].Datatype, string.Join(',', answer.Outputs[0].Shape))).IsEqualTo(("INT64", "2,1"));
        await Assert.That(answer.Values<float>("out")[0]).IsEqualTo(2f);

        byte[] packed = Requests.Pack("one"u8.ToArray(), []);
        ModelInferRequest texts = Requests.For("echo").WithRaw("in", "FP32", [1, 10], s_numbers).WithBytes("tag", "BYTES", [2], packed);
        answer = await server.Client.ModelInferAsync(texts);
        await Assert.That(answer.Bytes("y").SequenceEqual(packed)).IsTrue();

        ModelInferRequest tooShort = Requests.For("echo").WithRaw("in", "FP32", [1, 10], s_numbers).WithRaw("tag", "INT64", [3], 7L, -8L);
        Grpc.Core.RpcException refused = (await Assert.That(async () => await server.Client.ModelInferAsync(tooShort)).Throws<Grpc.Core.RpcException>())!;
        await Assert.That(refused.Status.Detail).Contains("Expected: 24 bytes; Actual: 16 bytes");

        ModelInferRequest unknown = Requests.For("echo").WithRaw("in", "FP32", [1, 10], s_numbers).WithRaw("tag", "FP33", [1], 1f);
        refused = (await Assert.That(async () => await server.Client.ModelInferAsync(unknown)).Throws<Grpc.Core.RpcException>())!;
        await Assert.That(refused.StatusCode).IsEqualTo(Grpc.Core.StatusCode.InvalidArgument);
        await Assert.That(refused.Status.Detail).Contains("FP33 (no datatype of that name exists)");
    }

    [Test]
    public async Task Nodes_HaveTheirTimes_WhereTheListNamesThem()
    {
        string config = Config(Echo("""{"node_name": "request", "data_item": "in"}"""))
            .Replace("\"model_config_list\"", "\"mediapipe_config_list\": [{\"name\": \"g\"}], \"model_config_list\"", StringComparison.Ordinal);
        using ConfigFolder folder = new(config);
        folder.Write("g/graph.pbtxt", GraphText.Edge(["in"], ["out"]) + GraphText.Infer("dummy", ["B:in=b"], ["A:out=a"]));
        await using OvmsServer server = await folder.StartAsync("Ready after", "--metrics_enable", "--metrics_list", "ovms_node_time_us");
        for (int call = 0; call < 3; call++)
        {
            await server.CallAsync(CallWay.KServeGrpc, "echo", ("in", [1, 10], s_numbers));
            await server.CallAsync(CallWay.KServeGrpc, "g", ("in", [1, 10], s_numbers));
        }

        string metrics = await server.Http.GetStringAsync("/metrics");
        await Assert.That(metrics).Contains("ovms_node_time_us_count{name=\"echo\",node=\"a\",version=\"1\"} 3");
        await Assert.That(metrics).Contains("ovms_node_time_us_count{name=\"g\",node=\"OpenVINOInferenceCalculator\",version=\"1\"} 3");
    }

    [Test]
    public async Task Check_TellsWhatIsWrongBetweenNodes()
    {
        string broken = Echo("""{"node_name": "a", "data_item": "z"}""");
        using ConfigFolder folder = new(Config(broken));
        (int code, string output, _) = await OvmsProcess.RunAsync(["check", "--config_path", folder.File], folder.Environment);
        await Assert.That(code).IsEqualTo(1);
        await Assert.That(output).Contains("echo: Pipeline definition has reference to missing data source - Node: response; output: y; node_name: a; data_item: z");
        folder.Write("config.json", Config(Echo("""{"node_name": "a", "data_item": "x"}""")));
        (code, output, _) = await OvmsProcess.RunAsync(["check", "--config_path", folder.File], folder.Environment);
        await Assert.That(code).IsEqualTo(0).Because(output);
    }

    private static byte[] Gray(int width, int height, byte first) =>
        ImageFiles.Png(width, height, [.. Enumerable.Range(first, width * height).SelectMany(static value => Enumerable.Repeat((byte)value, 3))]);

    private static string Echo(string output, string inputs = "") => $$$"""
        {"name": "echo", "inputs": ["in"{{{inputs}}}], "nodes": [
            {"name": "a", "type": "DL model", "model_name": "dummy", "inputs": [{"b": {"node_name": "request", "data_item": "in"}}], "outputs": [{"data_item": "a", "alias": "x"}]}],
            "outputs": [{"y": {{{output}}} }, {"out": {"node_name": "a", "data_item": "x"}}]}
        """;

    private static string Config(string pipeline) => $$$"""
        {"model_config_list": [{"config": {"name": "dummy", "base_path": "${MODELS}/dummy"}}],
         "custom_node_library_config_list": [{{{Library}}}], "pipeline_config_list": [{{{pipeline}}}]}
        """;
}
