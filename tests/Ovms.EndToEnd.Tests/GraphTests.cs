using System.Net;
using System.Text.Json;
using Grpc.Core;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>Graphs of models: how they are configured, called, reloaded and refused.</summary>
public sealed class GraphTests
{
    private const string Models = """
        {"model_config_list": [
            {"config": {"name": "dummy", "base_path": "${MODELS}/dummy", "target_device": "AUTO:CPU", "nireq": 1}},
            {"config": {"name": "sum", "base_path": "${MODELS}/summator", "target_device": "HETERO:CPU"}}]}
        """;

    private static readonly string s_one = GraphText.Edge(["OVTENSOR:in"], ["OVTENSOR:out"])
        + GraphText.Infer("dummy", ["IN:in=b"], ["OUT:out=a"]);

    // Three times the same model with one infer request: a call that kept it would wait for itself.
    private static readonly string s_three = GraphText.Edge(["first", "second"], ["added"])
        + GraphText.Infer("sum", ["B:one=b", "C:two=c"], ["SUM:added=sum"])
        + GraphText.Infer("dummy", ["B:first=b"], ["A:one=a"])
        + GraphText.InferAgain("dummy", ["B:second=b"], ["A:middle=a"])
        + GraphText.InferAgain("dummy", ["B:middle=b"], ["A:two=a"]);

    [Test]
    public async Task GraphOfOneModel_IsAnsweredOverBothApis()
    {
        using ConfigFolder folder = Folder();
        await using OvmsServer server = await folder.StartAsync("Ready after");
        ModelInferRequest request = Requests.For("g").WithRaw("in", "FP32", [1, 10], FloatCalls.Count(10));
        request.Id = "7";
        request.Parameters["OVMS_MP_TIMESTAMP"] = new InferParameter { Int64Param = -5 };
        ModelInferResponse answer = await server.Client.ModelInferAsync(request);
        await Assert.That(answer.Values<float>("out").SequenceEqual(FloatCalls.Count(10, 1))).IsTrue();
        await Assert.That((answer.ModelName, answer.ModelVersion, answer.Id)).IsEqualTo(("g", "1", "7"));
        await Assert.That(answer.Parameters["OVMS_MP_TIMESTAMP"].Int64Param).IsEqualTo(-5);

        JsonElement json = await PostAsync(server, "g", """{"id": "8", "inputs": [{"name": "in", "datatype": "FP32", "shape": [1, 10], "data": [0,1,2,3,4,5,6,7,8,9]}]}""");
        await Assert.That(json.GetProperty("outputs")[0].GetProperty("name").GetString()).IsEqualTo("out");
        await Assert.That(json.GetProperty("outputs")[0].GetProperty("data")[9].GetSingle()).IsEqualTo(10f);
        await Assert.That(json.GetProperty("parameters").GetProperty("OVMS_MP_TIMESTAMP").GetInt64()).IsGreaterThan(0);
    }

    [Test]
    public async Task GraphOfSeveralNodes_ComputesThemAll()
    {
        using ConfigFolder folder = Folder();
        folder.Write("g/graph.pbtxt", s_three);
        await using OvmsServer server = await folder.StartAsync("Ready after");
        ModelInferRequest request =
            Requests.For("g").WithRaw("second", "FP32", [1, 10], FloatCalls.Count(10, 100)).WithRaw("first", "FP32", [1, 10], FloatCalls.Count(10));
        IEnumerable<Task<ModelInferResponse>> calls = Enumerable.Range(0, 20).Select(_ => server.Client.ModelInferAsync(request).ResponseAsync);
        foreach (ModelInferResponse answer in await Task.WhenAll(calls))
        {
            await Assert.That(answer.Values<float>("added")[..2]).IsEquivalentTo([103f, 105f]);
        }

        // Its models are ordinary ones.
        await server.CheckDummyAsync("dummy");
    }

    [Test]
    public async Task GraphWithAnotherHandler_IsComputedByPackets()
    {
        using ConfigFolder folder = Folder();
        folder.Write("g/graph.pbtxt", s_three.Replace("input_stream: \"B:one\"", "input_stream_handler { input_stream_handler: \"BarrierInputStreamHandler\" } input_stream: \"B:one\"", StringComparison.Ordinal));
        await using OvmsServer server = await folder.StartAsync("Ready after");
        ModelInferRequest request =
            Requests.For("g").WithRaw("second", "FP32", [1, 10], FloatCalls.Count(10, 100)).WithRaw("first", "FP32", [1, 10], FloatCalls.Count(10));
        IEnumerable<Task<ModelInferResponse>> calls = Enumerable.Range(0, 20).Select(_ => server.Client.ModelInferAsync(request).ResponseAsync);
        foreach (ModelInferResponse answer in await Task.WhenAll(calls))
        {
            await Assert.That(answer.Values<float>("added")[..2]).IsEquivalentTo([103f, 105f]);
        }

        request.Inputs[1].Shape[1] = 9;
        request.RawInputContents[1] = Google.Protobuf.ByteString.CopyFrom(new byte[36]);
        RpcException refused = (await Assert.That(async () => await server.Client.ModelInferAsync(request)).Throws<RpcException>())!;
        await Assert.That(refused.StatusCode).IsEqualTo(StatusCode.InvalidArgument);
        await Assert.That(refused.Status.Detail).Contains("OpenVINOInferenceCalculator_2").And.Contains("Invalid input shape");
    }

    [Test]
    public async Task FlowControl_PassesTensorsOn()
    {
        using ConfigFolder folder = Folder();
        const string Pass = "node { calculator: \"PassThroughCalculator\" input_stream: \"in\" output_stream: \"passed\" }\n";
        folder.Write("g/graph.pbtxt", s_one.Replace("\"IN:in\"", "\"IN:passed\"", StringComparison.Ordinal) + Pass);
        await using OvmsServer server = await folder.StartAsync("Ready after");
        await CallAsync(server, "in", "out");
        ModelMetadataResponse metadata = await server.Client.ModelMetadataAsync(new ModelMetadataRequest { Name = "g" });
        await Assert.That((metadata.Inputs[0].Datatype, metadata.Outputs[0].Datatype)).IsEqualTo(("INVALID", "FP32"));
    }

    [Test]
    public async Task TensorThatNoModelReads_IsCheckedToo_AndMayLeaveTwice()
    {
        using ConfigFolder folder = Folder();
        folder.Write("g/graph.pbtxt", GraphText.Edge(["in"], ["one", "two"]) + """
            node { calculator: "PassThroughCalculator" input_stream: "in" output_stream: "one" }
            node { calculator: "PassThroughCalculator" input_stream: "in" output_stream: "two" }
            """);
        await using OvmsServer server = await folder.StartAsync("Ready after");
        ModelInferRequest texts = Requests.For("g").WithRaw("in", "FP32", [2], 0f);
        texts.Inputs[0].Datatype = "BYTES";
        texts.RawInputContents[0] = Google.Protobuf.ByteString.CopyFrom([3, 0, 0, 0, (byte)'a', (byte)'b', (byte)'c', 0, 0, 0, 0]);
        ModelInferResponse answer = await server.Client.ModelInferAsync(texts);
        await Assert.That(answer.RawOutputContents[0]).IsEqualTo(texts.RawInputContents[0]);
        await Assert.That(answer.RawOutputContents[1]).IsEqualTo(texts.RawInputContents[0]);

        ModelInferRequest tooShort = Requests.For("g").WithRaw("in", "FP32", [1, 1_000_000], 1f);
        RpcException refused = (await Assert.That(async () => await server.Client.ModelInferAsync(tooShort)).Throws<RpcException>())!;
        await Assert.That(refused.StatusCode).IsEqualTo(StatusCode.InvalidArgument);
        await Assert.That(refused.Status.Detail).Contains("Expected: 4000000 bytes; Actual: 4 bytes; input name: in");
    }

    [Test]
    public async Task GraphThatIsEditedToCallItself_KeepsServingWhatItWas()
    {
        using ConfigFolder folder = Folder();
        await using OvmsServer server = await folder.StartAsync("Ready after");
        folder.Write("g/graph.pbtxt", s_one.Replace("\"dummy\"", "\"g\"", StringComparison.Ordinal));
        using HttpResponseMessage reload = await server.Http.PostAsync("/v1/config/reload", null);
        await Assert.That(reload.Headers.GetValues("Ovms-Config-Error").Single()).Contains("the graph calls itself");
        await CallAsync(server, "in", "out");
    }

    [Test]
    public async Task Metadata_HasTheTypesOfTheModels()
    {
        using ConfigFolder folder = Folder();
        await using OvmsServer server = await folder.StartAsync("Ready after");
        ModelMetadataResponse metadata = await server.Client.ModelMetadataAsync(new ModelMetadataRequest { Name = "g" });
        await Assert.That(metadata.Versions.Single()).IsEqualTo("1");
        await Assert.That($"{metadata.Inputs[0].Name} {metadata.Inputs[0].Datatype} {string.Join(',', metadata.Inputs[0].Shape)}").IsEqualTo("in FP32 1,10");
        await Assert.That($"{metadata.Outputs[0].Name} {metadata.Outputs[0].Datatype} {string.Join(',', metadata.Outputs[0].Shape)}").IsEqualTo("out FP32 1,10");
        await Assert.That((await server.Client.ModelReadyAsync(new ModelReadyRequest { Name = "g" })).Ready).IsTrue();
        await Assert.That(await StateAsync(server, "g")).IsEqualTo("AVAILABLE OK OK");
    }

    [Test]
    public async Task FaultsOfACall_NameWhatIsWrong()
    {
        using ConfigFolder folder = Folder();
        folder.Write("g/graph.pbtxt", s_three);
        await using OvmsServer server = await folder.StartAsync("Ready after");
        (ModelInferRequest Request, StatusCode Code, string Text)[] faults =
        [
            (Requests.For("g").WithRaw("first", "FP32", [1, 10], FloatCalls.Count(10)), StatusCode.InvalidArgument, "Invalid number of inputs - Not all input packets created; missing: second"),
            (Requests.For("g").WithRaw("b", "FP32", [1, 10], FloatCalls.Count(10)), StatusCode.InvalidArgument, "Unexpected input - b is unexpected"),
            (Both([1, 9]), StatusCode.InvalidArgument, "Mediapipe execution failed. MP status - node OpenVINOInferenceCalculator_2 (OpenVINOInferenceCalculator): Invalid input shape"),
        ];
        foreach ((ModelInferRequest request, StatusCode code, string text) in faults)
        {
            RpcException refused = (await Assert.That(async () => await server.Client.ModelInferAsync(request)).Throws<RpcException>())!;
            await Assert.That(refused.Status.Detail).StartsWith(text);
            await Assert.That(refused.StatusCode).IsEqualTo(code);
        }

        ModelInferRequest malformed = Both([1, 10]);
        malformed.Parameters["OVMS_MP_TIMESTAMP"] = new InferParameter { StringParam = "soon" };
        RpcException time = (await Assert.That(async () => await server.Client.ModelInferAsync(malformed)).Throws<RpcException>())!;
        await Assert.That(time.Status.Detail).Contains("Should be int64");

        static ModelInferRequest Both(long[] shape) => Requests.For("g").WithRaw("first", "FP32", shape, FloatCalls.Count(shape[1])).WithRaw("second", "FP32", [1, 10], FloatCalls.Count(10));
    }

    [Test]
    public async Task Edits_AreFollowed_AndABadOneKeepsTheLastGoodGraph()
    {
        using ConfigFolder folder = Folder();
        await using OvmsServer server = await folder.StartAsync("Ready after", "--file_system_poll_wait_seconds", "0");
        folder.Write("g/graph.pbtxt", s_one.Replace("tag_to_input_tensor_names", "tag_to_imput_tensor_names", StringComparison.Ordinal));
        using HttpResponseMessage reloaded = await server.Http.PostAsync("/v1/config/reload", null);
        await Assert.That(reloaded.Headers.GetValues("Ovms-Config-Error").Single()).Contains("graph.pbtxt, line 14, column 5: mediapipe.OpenVINOInferenceCalculatorOptions has no field tag_to_imput_tensor_names; did you mean tag_to_input_tensor_names?");
        await CallAsync(server, "in", "out");

        folder.Write("g/graph.pbtxt", s_one.Replace(":in", ":other", StringComparison.Ordinal));
        using HttpResponseMessage again = await server.Http.PostAsync("/v1/config/reload", null);
        await Assert.That(again.IsSuccessStatusCode).IsTrue();
        await CallAsync(server, "other", "out");

        folder.Write("g/subconfig.json", """{"model_config_list": []}""");
        using HttpResponseMessage emptied = await server.Http.PostAsync("/v1/config/reload", null);
        await Assert.That(await StateAsync(server, "g")).StartsWith("LOADING FAILED_PRECONDITION").And.Contains("dummy");
        folder.Write("g/subconfig.json", Models);
        using HttpResponseMessage refilled = await server.Http.PostAsync("/v1/config/reload", null);
        await CallAsync(server, "other", "out");
    }

    [Test]
    public async Task Metrics_CountCallsOfTheGraph()
    {
        using ConfigFolder folder = Folder();
        await using OvmsServer server = await folder.StartAsync("Ready after", "--metrics_enable");
        await CallAsync(server, "in", "out");
        await Assert.That(async () => await server.Client.ModelInferAsync(Requests.For("g"))).Throws<RpcException>();
        string metrics = await server.Http.GetStringAsync("/metrics");
        const string Call = "{api=\"KServe\",interface=\"gRPC\",method=\"ModelInfer\",name=\"g\"} 1";
        foreach (string series in (string[])[$"ovms_requests_accepted{Call}", $"ovms_requests_rejected{Call}", $"ovms_responses{Call}", "ovms_current_graphs{name=\"g\"} 0", "ovms_graph_processing_time_us_count{method=\"ModelInfer\",name=\"g\"} 1"])
        {
            await Assert.That(metrics).Contains(series);
        }
    }

    [Test]
    public async Task ModelThatIsMissing_IsToldUntilItAppears()
    {
        using ConfigFolder folder = new("""{"model_config_list": [], "mediapipe_config_list": [{"name": "g"}]}""");
        folder.Write("g/graph.pbtxt", s_one);
        await using OvmsServer server = await folder.StartAsync("its model dummy", "--file_system_poll_wait_seconds", "0");
        await Assert.That(await StateAsync(server, "g")).StartsWith("LOADING FAILED_PRECONDITION");
        folder.Write("config.json", """{"model_config_list": [{"config": {"name": "dummy", "base_path": "${MODELS}/dummy"}}], "mediapipe_config_list": [{"name": "g"}]}""");
        using HttpResponseMessage reloaded = await server.Http.PostAsync("/v1/config/reload", null);
        await CallAsync(server, "in", "out");
    }

    [Test]
    public async Task GraphFromTheCommandLine_IsServed()
    {
        using ConfigFolder folder = Folder();
        await using OvmsServer server = await OvmsServer.StartOnAsync(
            "Ready after", folder.Environment, "--model_path", Path.Combine(folder.Path, "g"), "--model_name", "x");
        ModelInferResponse answer = await server.Client.ModelInferAsync(Requests.For("x").WithRaw("in", "FP32", [1, 10], FloatCalls.Count(10)));
        await Assert.That(answer.Values<float>("out")[0]).IsEqualTo(1f);
    }

    [Test]
    [Arguments("calculator: \"OpenVINOInferenceCalculator\"", "calculator: \"OpenVINOInferenceCalculater\"", "did you mean OpenVINOInferenceCalculator?")]
    [Arguments("calculator: \"OpenVINOInferenceCalculator\"", "calculator: \"S2tCalculator\"", "speech is not served")]
    [Arguments("input_stream: \"IN:in\"", "input_stream: \"IN:on\"", "on is made by no node")]
    [Arguments("value: \"a\"", "value: \"z\"", "has no output z")]
    public async Task Check_TellsFaultsOfGraphs(string good, string bad, string told)
    {
        using ConfigFolder folder = Folder();
        folder.Write("g/graph.pbtxt", s_one.Replace(good, bad, StringComparison.Ordinal));
        if (!told.StartsWith("has no output", StringComparison.Ordinal))
        {
            (int code, string output, string errors) = await OvmsProcess.RunAsync(["check", "--config_path", folder.File], folder.Environment);
            await Assert.That(output).Contains(told).Because(errors);
            await Assert.That(code).IsEqualTo(1);
        }

        await using OvmsServer server = await folder.StartAsync(told);
        RpcException refused = (await Assert.That(async () => await server.Client.ModelInferAsync(Requests.For("g"))).Throws<RpcException>())!;
        await Assert.That(refused.StatusCode).IsEqualTo(StatusCode.Unavailable);
        await Assert.That(refused.Status.Detail).StartsWith("Mediapipe is not loaded yet").And.Contains(told);
        await server.CheckDummyAsync("dummy");
    }

    // The first of 34 graphs that call one another is one too deep; the second is not.
    [Test]
    public async Task GraphsThatCallGraphs_MayBeThirtyTwoDeep()
    {
        const int Graphs = 34;
        string listed = string.Join(',', Enumerable.Range(0, Graphs).Select(static i => $$"""{"name": "g{{i}}"}"""));
        using ConfigFolder folder = new($$"""{"model_config_list": [{"config": {"name": "dummy", "base_path": "${MODELS}/dummy"} }], "mediapipe_config_list": [{{listed}}]}""");
        for (int i = 0; i < Graphs; i++)
        {
            string text = GraphText.Edge(["OVTENSOR:in"], ["OVTENSOR:out"])
                + (i == Graphs - 1 ? GraphText.Infer("dummy", ["IN:in=b"], ["OUT:out=a"]) : GraphText.Infer($"g{i + 1}", ["IN:in=in"], ["OUT:out=out"]));
            folder.Write($"g{i}/graph.pbtxt", text);
        }

        await using OvmsServer server = await folder.StartAsync("Ready after");
        ModelInferResponse answer = await server.Client.ModelInferAsync(Requests.For("g1").WithRaw("in", "FP32", [1, 10], FloatCalls.Count(10)));
        await Assert.That(answer.Values<float>("out")[0]).IsEqualTo(1f);
        RpcException refused = await Fault.OfAsync(async () => await server.Client.ModelInferAsync(Requests.For("g0").WithRaw("in", "FP32", [1, 10], FloatCalls.Count(10))));
        await Assert.That(refused.Status.Detail).Contains("graphs call one another more than 32 deep");
    }

    [Test]
    public async Task Check_TellsModelsThatAreNotConfigured()
    {
        using ConfigFolder folder = Folder();
        folder.Write("g/subconfig.json", """{"model_config_list": []}""");
        (int code, string output, _) = await OvmsProcess.RunAsync(["check", "--config_path", folder.File], folder.Environment);
        await Assert.That(code).IsEqualTo(1);
        await Assert.That(output).Contains("g: the model dummy is not in the configuration");
    }

    private static ConfigFolder Folder()
    {
        ConfigFolder folder = new("""{"model_config_list": [], "mediapipe_config_list": [{"name": "g"}]}""");
        folder.Write("g/graph.pbtxt", s_one);
        folder.Write("g/subconfig.json", Models);
        return folder;
    }

    private static async Task CallAsync(OvmsServer server, string input, string output)
    {
        ModelInferResponse answer = await server.Client.ModelInferAsync(Requests.For("g").WithRaw(input, "FP32", [1, 10], FloatCalls.Count(10)));
        await Assert.That(answer.Values<float>(output)[0]).IsEqualTo(1f);
    }

    private static async Task<JsonElement> PostAsync(OvmsServer server, string name, string body)
    {
        using HttpResponseMessage answer = await server.Http.PostAsync($"/v2/models/{name}/infer", new StringContent(body));
        string text = await answer.Content.ReadAsStringAsync();
        await Assert.That(answer.StatusCode).IsEqualTo(HttpStatusCode.OK).Because(text);
        return JsonDocument.Parse(text).RootElement;
    }

    private static async Task<string> StateAsync(OvmsServer server, string name)
    {
        using JsonDocument states = JsonDocument.Parse(await server.Http.GetStringAsync("/v1/config"));
        JsonElement version = states.RootElement.GetProperty(name).GetProperty("model_version_status")[0];
        JsonElement status = version.GetProperty("status");
        return $"{version.GetProperty("state")} {status.GetProperty("error_code")} {status.GetProperty("error_message")}";
    }
}
