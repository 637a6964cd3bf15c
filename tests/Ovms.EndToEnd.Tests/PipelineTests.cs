using System.Net;
using Grpc.Core;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>Pipelines of models and custom nodes in the published binary.</summary>
public sealed class PipelineTests
{
    private const string Models = """{"config": {"name": "dummy", "base_path": "${MODELS}/dummy"}}""";

    private const string Two = """
        {"name": "two", "inputs": ["in"], "nodes": [
            {"name": "a", "type": "DL model", "model_name": "dummy", "inputs": [{"b": {"node_name": "request", "data_item": "in"}}], "outputs": [{"data_item": "a", "alias": "x"}]},
            {"name": "b", "type": "DL model", "model_name": "dummy", "inputs": [{"b": {"node_name": "a", "data_item": "x"}}], "outputs": [{"data_item": "a", "alias": "y"}]}],
            "outputs": [{"out": {"node_name": "b", "data_item": "y"}}]}
        """;

    private static readonly float[] s_numbers = [.. Enumerable.Range(1, 10).Select(static i => (float)i)];

    [Test]
    [Arguments(CallWay.KServeGrpc)]
    [Arguments(CallWay.KServeRest)]
    [Arguments(CallWay.TfsGrpc)]
    [Arguments(CallWay.TfsRest)]
    public async Task TwoModels_AnswerOverEveryApi(CallWay way)
    {
        using ConfigFolder folder = new(Config(Two));
        await using OvmsServer server = await folder.StartAsync("Ready after");
        float[] values = (await server.CallAsync(way, "two", ("in", [1, 10], s_numbers))).Values;
        await Assert.That(values).IsEquivalentTo(s_numbers.Select(static value => value + 2));
        ModelMetadataResponse metadata = await server.Client.ModelMetadataAsync(new ModelMetadataRequest { Name = "two", Version = "7" });
        await Assert.That(metadata.Inputs.Single().Shape).IsEquivalentTo([1L, 10]);
        await Assert.That(metadata.Versions.Single()).IsEqualTo("1");
        FloatCallException refused = await server.RefusalAsync(way, "two", ("in", [1, 9], s_numbers[..9]));
        await Assert.That(refused.Text).Contains("Expected: (1,10)");
    }

    [Test]
    [Arguments(false)]
    [Arguments(true)]
    public async Task Demultiplexer_IsGatheredAtTheResponse_AlsoBeforeAModelOfAutoShape(bool isIsolated)
    {
        using ConfigFolder folder = new("");
        CustomNode.Compile("split", folder.Path);
        folder.Write("config.json", Config(Split("split"), """{"config": {"name": "dummy", "base_path": "${MODELS}/dummy", "shape": "auto"}}"""));
        await using OvmsServer server = await folder.StartAsync("Ready after", Isolated(isIsolated));
        ModelInferResponse answer = await server.Client.ModelInferAsync(Requests.For("split").WithRaw("in", "FP32", [1, 10], s_numbers));
        await Assert.That(answer.Outputs[0].Shape).IsEquivalentTo([10L, 1, 10]);
        await Assert.That(answer.Values<float>("out")).IsEquivalentTo(s_numbers.SelectMany(static value => Enumerable.Repeat(value + 1, 10)));

        // Callers share the model's infer requests; none waits for ever.
        AsyncUnaryCall<ModelInferResponse>[] calls = [.. Enumerable.Range(0, 16).Select(_ => server.Client.ModelInferAsync(Requests.For("split").WithRaw("in", "FP32", [1, 10], s_numbers)))];
        foreach (AsyncUnaryCall<ModelInferResponse> call in calls)
        {
            await Assert.That((await call).Values<float>("out")[^1]).IsEqualTo(11f);
        }
    }

    [Test]
    public async Task NoParts_AreAborted_OrAnEmptyAnswerWhereThePipelineSaysSo()
    {
        using ConfigFolder folder = new("");
        CustomNode.Compile("split", folder.Path);
        folder.Write("config.json", Config(Split("none", """, "params": {"keep": "0"}""") + "," + Split("empty", """, "params": {"keep": "0"}""", """ "empty_result_on_no_detections": true,""")));
        await using OvmsServer server = await folder.StartAsync("Ready after");
        RpcException aborted = (await Assert.That(async () => await server.Client.ModelInferAsync(Requests.For("none").WithRaw("in", "FP32", [1, 10], s_numbers))).Throws<RpcException>())!;
        await Assert.That(aborted.StatusCode).IsEqualTo(Grpc.Core.StatusCode.Aborted);
        await Assert.That(aborted.Status.Detail).Contains("Pipeline execution aborted due to no content from custom node");
        using HttpResponseMessage none = await server.Http.PostAsync("/v2/models/none/infer", new StringContent("""{"inputs":[{"name":"in","shape":[1,10],"datatype":"FP32","data":[1,2,3,4,5,6,7,8,9,10]}]}"""));
        await Assert.That(none.StatusCode).IsEqualTo(HttpStatusCode.NoContent);
        ModelInferResponse empty = await server.Client.ModelInferAsync(Requests.For("empty").WithRaw("in", "FP32", [1, 10], s_numbers));
        await Assert.That(empty.Outputs[0].Shape).IsEquivalentTo([0L, 1, 10]);
    }

    [Test]
    [Arguments(false)]
    [Arguments(true)]
    public async Task LibraryThatFails_IsNamedWithPipelineAndNode(bool isIsolated)
    {
        using ConfigFolder folder = new("");
        CustomNode.Compile("misbehave", folder.Path);
        folder.Write("config.json", Config(Faulty("fails", "execute") + "," + Faulty("cheats", "size")));
        await using OvmsServer server = await folder.StartAsync("Ready after", Isolated(isIsolated));
        FloatCallException failure = await server.RefusalAsync(CallWay.KServeGrpc, "fails", ("x", [1, 3], [1, 2, 3]));
        await Assert.That(failure.Text).IsEqualTo("Custom node failed during execution - Pipeline fails, node s: execute returned 42");
        failure = await server.RefusalAsync(CallWay.KServeRest, "cheats", ("x", [1, 3], [1, 2, 3]));
        await Assert.That(failure.Text).Contains("Pipeline cheats, node s: output out: Custom node output has invalid content size");
    }

    [Test]
    public async Task LibraryThatHangs_EndsTheCallAtItsDeadline_AndThenItsPipelineIsNotReady()
    {
        using ConfigFolder folder = new("");
        CustomNode.Compile("misbehave", folder.Path);
        folder.Write("config.json", Config(Faulty("hangs", "hang") + "," + Two));
        await using OvmsServer server = await folder.StartAsync("Ready after", "--custom_node_hang_limit", "2");
        for (int i = 0; i < 2; i++)
        {
            RpcException late = (await Assert.That(async () => await server.Client.ModelInferAsync(Requests.For("hangs").WithRaw("x", "FP32", [1, 3], 1f, 2f, 3f), deadline: DateTime.UtcNow.AddSeconds(1))).Throws<RpcException>())!;
            await Assert.That(late.StatusCode).IsEqualTo(Grpc.Core.StatusCode.DeadlineExceeded);
        }

        RpcException refused = (await Assert.That(async () => await server.Client.ModelInferAsync(Requests.For("hangs").WithRaw("x", "FP32", [1, 3], 1f, 2f, 3f))).Throws<RpcException>())!;
        await Assert.That(refused.StatusCode).IsEqualTo(Grpc.Core.StatusCode.Unavailable);
        await Assert.That(refused.Status.Detail).Contains("custom_node_hang_limit");
        await Assert.That((await server.Client.ServerReadyAsync(new ServerReadyRequest())).Ready).IsFalse();
        await Assert.That((await server.CallAsync(CallWay.KServeGrpc, "two", ("in", [1, 10], s_numbers))).Values[0]).IsEqualTo(3f);
    }

    [Test]
    public async Task ModelThatIsMissing_IsTold_AndThePipelineComesWithIt()
    {
        using ConfigFolder folder = new(Config(Two, ""));
        await using OvmsServer server = await folder.StartAsync("not ready", "--file_system_poll_wait_seconds", "0");
        string status = await server.Http.GetStringAsync("/v1/config");
        await Assert.That(status).Contains("\"error_code\": \"FAILED_PRECONDITION\"");
        await Assert.That(status).Contains("Pipeline definition has reference to missing model - Node: a; model: dummy");
        FloatCallException refused = await server.RefusalAsync(CallWay.KServeGrpc, "two", ("in", [1, 10], s_numbers));
        await Assert.That(refused.Text).Contains("Pipeline is not loaded yet");

        folder.Write("config.json", Config(Two));
        using HttpResponseMessage added = await server.Http.PostAsync("/v1/config/reload", null);
        await Assert.That(added.IsSuccessStatusCode).IsTrue();
        await Assert.That((await server.CallAsync(CallWay.KServeGrpc, "two", ("in", [1, 10], s_numbers))).Values[0]).IsEqualTo(3f);

        folder.Write("config.json", Config(Two, ""));
        using HttpResponseMessage removed = await server.Http.PostAsync("/v1/config/reload", null);
        await Assert.That(await server.Http.GetStringAsync("/v1/config")).Contains("reference to missing model");

        folder.Write("config.json", """{"model_config_list": []}""");
        using HttpResponseMessage retired = await server.Http.PostAsync("/v1/config/reload", null);
        refused = await server.RefusalAsync(CallWay.KServeGrpc, "two", ("in", [1, 10], s_numbers));
        await Assert.That(refused.Status).IsEqualTo("NotFound");
    }

    [Test]
    public async Task BuiltInNode_StandsInForAFileThatDoesNotExist()
    {
        const string Pipeline = """
            {"name": "p", "inputs": ["image"], "nodes": [
                {"name": "t", "type": "custom", "library_name": "lib", "params": {"original_image_layout": "HWC", "target_image_layout": "CHW", "scale": "2"},
                    "inputs": [{"image": {"node_name": "request", "data_item": "image"}}], "outputs": [{"data_item": "image", "alias": "image"}]}],
                "outputs": [{"out": {"node_name": "t", "data_item": "image"}}]}
            """;
        using ConfigFolder folder = new(Config(Pipeline, "", ("lib", "/ovms/lib/custom_nodes/libcustom_node_image_transformation.so")));
        await using OvmsServer server = await folder.StartAsync("Ready after");
        (long[]? shape, float[] values) = await server.CallAsync(CallWay.KServeGrpc, "p", ("image", [1, 1, 2, 3], [2, 4, 6, 8, 10, 12]));
        await Assert.That(shape!).IsEquivalentTo([1L, 3, 1, 2]);
        await Assert.That(values).IsEquivalentTo([1f, 4, 2, 5, 3, 6]);
    }

    [Test]
    public async Task Check_NamesWhatIsMissing()
    {
        using ConfigFolder folder = new(Config(Two + "," + Faulty("lone", "execute"), ""));
        (int code, string output, _) = await OvmsProcess.RunAsync(["check", "--config_path", folder.File], folder.Environment);
        await Assert.That(code).IsEqualTo(1);
        await Assert.That(output).Contains("two: Pipeline definition has reference to missing model - Node: b; model: dummy; it is not in the configuration.");
        await Assert.That(output).Contains("lone: Pipeline refers to incorrect library - Node: s; Custom node library failed to open - ");
    }

    private static string[] Isolated(bool isIsolated) => isIsolated ? ["--isolate_custom_nodes"] : [];

    private static string Split(string name, string more = "", string keys = "") => $$$"""
        {"name": "{{{name}}}",{{{keys}}} "inputs": ["in"], "nodes": [
            {"name": "s", "type": "custom", "library_name": "split", "demultiply_count": -1{{{more}}}, "inputs": [{"numbers": {"node_name": "request", "data_item": "in"}}], "outputs": [{"data_item": "parts", "alias": "part"}]},
            {"name": "m", "type": "DL model", "model_name": "dummy", "inputs": [{"b": {"node_name": "s", "data_item": "part"}}], "outputs": [{"data_item": "a", "alias": "y"}]}],
            "outputs": [{"out": {"node_name": "m", "data_item": "y"}}]}
        """;

    private static string Faulty(string name, string fault) => $$$"""
        {"name": "{{{name}}}", "inputs": ["x"], "nodes": [
            {"name": "s", "type": "custom", "library_name": "misbehave", "params": {"fault": "{{{fault}}}"}, "inputs": [{"in": {"node_name": "request", "data_item": "x"}}], "outputs": [{"data_item": "out", "alias": "y"}]}],
            "outputs": [{"out": {"node_name": "s", "data_item": "y"}}]}
        """;

    private static string Config(string pipelines, string models = Models, params (string Name, string Path)[] libraries)
    {
        (string Name, string Path)[] all = [("split", "libsplit.so"), ("misbehave", "libmisbehave.so"), .. libraries];
        string listed = string.Join(',', all.Select(static one => $$"""{"name": "{{one.Name}}", "base_path": "{{one.Path}}"}"""));
        return $$"""{"model_config_list": [{{models}}], "custom_node_library_config_list": [{{listed}}], "pipeline_config_list": [{{pipelines}}]}""";
    }
}
