using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Grpc.Core;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos.TensorFlow;
using Ovms.Frontends.Grpc.Protos.TensorFlowServing;
using Models = Ovms.Frontends.Grpc.Protos.TensorFlowServing.ModelService.ModelServiceClient;
using Predictions = Ovms.Frontends.Grpc.Protos.TensorFlowServing.PredictionService.PredictionServiceClient;

namespace Ovms.EndToEnd.Tests;

/// <summary>TensorFlow Serving's API against a model of every element type.</summary>
public sealed class TfsTests
{
    private static readonly (string Port, TensorProto Content, TensorProto Values, string Json)[] s_columns =
    [
        Of<byte>("boolean", DataType.DtBool, [1, 0, 1, 1], static t => t.BoolVal.Add([true, false, true, true]), "[true,false,true,true]"),
        Of<sbyte>("i8", DataType.DtInt8, [-128, -1, 0, 127], static t => t.IntVal.Add([-128, -1, 0, 127]), "[-128,-1,0,127]"),
        Of<byte>("u8", DataType.DtUint8, [0, 1, 128, 255], static t => t.IntVal.Add([0, 1, 128, 255]), "[0,1,128,255]"),
        Of<short>("i16", DataType.DtInt16, [-32768, -1, 0, 32767], static t => t.IntVal.Add([-32768, -1, 0, 32767]), "[-32768,-1,0,32767]"),
        Of<ushort>("u16", DataType.DtUint16, [0, 1, 32768, 65535], static t => t.IntVal.Add([0, 1, 32768, 65535]), "[0,1,32768,65535]"),
        Of("i32", DataType.DtInt32, [int.MinValue, -1, 0, int.MaxValue], static t => t.IntVal.Add([int.MinValue, -1, 0, int.MaxValue]), "[-2147483648,-1,0,2147483647]"),
        Of<uint>("u32", DataType.DtUint32, [0, 1, 1u << 31, uint.MaxValue], static t => t.Uint32Val.Add([0, 1, 1u << 31, uint.MaxValue]), "[0,1,2147483648,4294967295]"),
        Of<long>("i64", DataType.DtInt64, [-5, -1, 1L << 30, 7], static t => t.Int64Val.Add([-5, -1, 1L << 30, 7]), "[-5,-1,1073741824,7]"),
        Of<ulong>("u64", DataType.DtUint64, [0, 1, 1UL << 30, 7], static t => t.Uint64Val.Add([0, 1, 1UL << 30, 7]), "[0,1,1073741824,7]"),
        Of<ushort>("f16", DataType.DtHalf, [0xBE00, 0x3400, 0x3C00, 0x4900], static t => t.HalfVal.Add([0xBE00, 0x3400, 0x3C00, 0x4900]), "[-1.5,0.25,1.0,10.0]"),
        Of<ushort>("bf16", DataType.DtBfloat16, [0xBFC0, 0x3E80, 0x3F80, 0x4300], static t => t.HalfVal.Add([0xBFC0, 0x3E80, 0x3F80, 0x4300]), "[-1.5,0.25,1.0,128.0]"),
        Of("f32", DataType.DtFloat, [-1.5f, 0.25f, 1, 128], static t => t.FloatVal.Add([-1.5f, 0.25f, 1, 128]), "[-1.5,0.25,1.0,128.0]"),
        Of("f64", DataType.DtDouble, [-1.5, 0.25, 1048576, -3], static t => t.DoubleVal.Add([-1.5, 0.25, 1048576, -3]), "[-1.5,0.25,1048576.0,-3.0]"),
    ];

    private static OvmsServer s_server = null!;

    [Before(Class)]
    public static async Task StartServer() => s_server = await OvmsServer.StartAsync(Repo.Model("all_types"), "all_types");

    [After(Class)]
    public static async Task StopServer() => await s_server.DisposeAsync();

    [Test]
    [Arguments(false)]
    [Arguments(true)]
    public async Task EveryType_RoundTrips(bool typed)
    {
        PredictResponse response = await new Predictions(s_server.Channel).PredictAsync(Request(typed));
        await Assert.That(response.ModelSpec).IsEqualTo(new ModelSpec { Name = "all_types", Version = 1 });
        foreach ((string port, TensorProto content, _, _) in s_columns)
        {
            await Assert.That(response.Outputs[$"out_{port}"]).IsEqualTo(content).Because(port);
        }
    }

    [Test]
    public async Task OutputFilter_IsHonoured()
    {
        PredictRequest request = Request(typed: false);
        request.OutputFilter.Add(["out_u8", "out_f32"]);
        await Assert.That((await new Predictions(s_server.Channel).PredictAsync(request)).Outputs.Keys).IsEquivalentTo(["out_u8", "out_f32"]);
        request.OutputFilter.Add("nothing");
        RpcException fault = await Fault.OfAsync(async () => await new Predictions(s_server.Channel).PredictAsync(request));
        await Assert.That(fault.StatusCode).IsEqualTo(StatusCode.InvalidArgument);
        await Assert.That(fault.Status.Detail).Contains("nothing");
    }

    [Test]
    public async Task Faults_AreTheCallers()
    {
        Predictions client = new(s_server.Channel);
        PredictRequest wrong = Request(typed: false);
        wrong.Inputs["in_f32"].Dtype = DataType.DtInt8;
        (PredictRequest Request, StatusCode Status, string Text)[] faults =
        [
            (new(), StatusCode.InvalidArgument, "model_spec missing in request"),
            (new() { ModelSpec = new() { Name = "nobody" } }, StatusCode.NotFound, "Model with requested name is not found"),
            (new() { ModelSpec = new() { Name = "all_types", Version = 9 } }, StatusCode.NotFound, "Model with requested version is not found"),
            (new() { ModelSpec = new() { Name = "all_types" } }, StatusCode.InvalidArgument, "Invalid number of inputs - Expected: 13; Actual: 0"),
            (wrong, StatusCode.InvalidArgument, "Invalid input precision - Expected: FP32; Actual: I8; input name: in_f32"),
        ];
        foreach ((PredictRequest request, StatusCode status, string text) in faults)
        {
            RpcException fault = await Fault.OfAsync(async () => await client.PredictAsync(request));
            await Assert.That(fault.StatusCode).IsEqualTo(status).Because(fault.Status.Detail);
            await Assert.That(fault.Status.Detail).StartsWith(text);
        }

        RpcException reload = await Fault.OfAsync(async () => await new Models(s_server.Channel).HandleReloadConfigRequestAsync(new()));
        await Assert.That(reload.StatusCode).IsEqualTo(StatusCode.Unimplemented);
    }

    [Test]
    public async Task StatusAndMetadata_AreTold()
    {
        GetModelStatusResponse status = await new Models(s_server.Channel).GetModelStatusAsync(new() { ModelSpec = new() { Name = "all_types" } });
        await Assert.That(status.ModelVersionStatus.Single()).IsEqualTo(new ModelVersionStatus { Version = 1, State = ModelVersionStatus.Types.State.Available, Status = new() { ErrorMessage = "OK" } });

        GetModelMetadataResponse metadata = await new Predictions(s_server.Channel).GetModelMetadataAsync(new() { ModelSpec = new() { Name = "all_types" }, MetadataField = { "signature_def" } });
        SignatureDef signature = metadata.Metadata["signature_def"].Unpack<SignatureDefMap>().SignatureDef["serving_default"];
        foreach ((string port, TensorProto content, _, _) in s_columns)
        {
            await Assert.That(signature.Inputs[$"in_{port}"].Dtype).IsEqualTo(content.Dtype);
        }

        string rest = await s_server.Http.GetStringAsync("/v1/models/all_types/metadata");
        await Assert.That((string)JsonNode.Parse(rest)!["metadata"]!["signature_def"]!["signatureDef"]!["serving_default"]!["inputs"]!["in_bf16"]!["dtype"]!).IsEqualTo("DT_BFLOAT16");
    }

    [Test]
    public async Task Rows_RoundTrip()
    {
        string row = $"{{{string.Join(',', s_columns.Select(static column => $"\"in_{column.Port}\":{column.Json}"))}}}";
        JsonNode answer = await PostAsync($"{{\"instances\":[{row},{row},{row}]}}");
        JsonArray predictions = answer["predictions"]!.AsArray();
        await Assert.That(predictions.Count).IsEqualTo(3);
        foreach (JsonNode? prediction in predictions)
        {
            foreach ((string port, _, _, string json) in s_columns)
            {
                await Assert.That(prediction![$"out_{port}"]!.ToJsonString()).IsEqualTo(json).Because(port);
            }
        }
    }

    [Test]
    public async Task Columns_RoundTrip()
    {
        JsonNode answer = await PostAsync($"{{\"inputs\":{{{string.Join(',', s_columns.Select(static column => $"\"in_{column.Port}\":[{column.Json}]"))}}}}}");
        foreach ((string port, _, _, string json) in s_columns)
        {
            await Assert.That(answer["outputs"]![$"out_{port}"]!.ToJsonString()).IsEqualTo($"[{json}]").Because(port);
        }
    }

    [Test]
    [Arguments("/v1/models/all_types")]
    [Arguments("/v1/models/all_types/versions/1")]
    public async Task Status_IsWhatGooglesParserTakes(string path)
    {
        GetModelStatusResponse status = JsonParser.Default.Parse<GetModelStatusResponse>(await s_server.Http.GetStringAsync(path));
        await Assert.That(status.ModelVersionStatus.Single().State).IsEqualTo(ModelVersionStatus.Types.State.Available);
    }

    [Test]
    public async Task Metadata_IsWhatGooglesParserTakes()
    {
        JsonParser parser = new(JsonParser.Settings.Default.WithTypeRegistry(Google.Protobuf.Reflection.TypeRegistry.FromMessages(SignatureDefMap.Descriptor)));
        GetModelMetadataResponse metadata = parser.Parse<GetModelMetadataResponse>(await s_server.Http.GetStringAsync("/v1/models/all_types/metadata"));
        await Assert.That(metadata.ModelSpec.Version).IsEqualTo(1);
        await Assert.That(metadata.Metadata["signature_def"].Unpack<SignatureDefMap>().SignatureDef["serving_default"].Inputs["in_f32"].Dtype).IsEqualTo(DataType.DtFloat);
    }

    [Test]
    public async Task Label_IsRefused()
    {
        PredictRequest request = new() { ModelSpec = new() { Name = "all_types", VersionLabel = "2" } };
        RpcException refused = (await Assert.That(async () => await new Predictions(s_server.Channel).PredictAsync(request)).Throws<RpcException>())!;
        await Assert.That(refused.StatusCode).IsEqualTo(StatusCode.InvalidArgument);
        await Assert.That(refused.Status.Detail).Contains("model_spec.version");
        using HttpResponseMessage rest = await s_server.Http.PostAsync("/v1/models/all_types/labels/2:predict", new StringContent("{}"));
        await Assert.That((int)rest.StatusCode).IsEqualTo(400);
    }

    [Test]
    public async Task ModelsOfOpenAi_AreListed()
    {
        JsonNode list = JsonNode.Parse(await s_server.Http.GetStringAsync("/v1/models"))!;
        await Assert.That($"{list["object"]} {list["data"]![0]!["id"]} {list["data"]![0]!["object"]}").IsEqualTo("list all_types model");
        using HttpRequestMessage request = new(HttpMethod.Get, "/v1/models/all_types");
        request.Headers.UserAgent.ParseAdd("OpenAI/Python 2.1.0");
        using HttpResponseMessage answer = await s_server.Http.SendAsync(request);
        JsonNode model = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        await Assert.That($"{model["id"]} {model["owned_by"]} {model["model_version_status"]}").IsEqualTo("all_types OVMS ");
        await Assert.That((int)(await s_server.Http.GetAsync("/v3/models/nobody")).StatusCode).IsEqualTo(404);
    }

    [Test]
    public async Task Strings_RoundTrip()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("passthrough_string"), "strings");
        PredictRequest request = new() { ModelSpec = new() { Name = "strings" } };
        request.Inputs["my_name"] = new TensorProto { Dtype = DataType.DtString, TensorShape = Shape(3) };
        request.Inputs["my_name"].StringVal.Add([ByteString.CopyFromUtf8("größe"), ByteString.Empty, ByteString.CopyFrom(0xFF, 0x00)]);
        PredictResponse response = await new Predictions(server.Channel).PredictAsync(request);
        await Assert.That(response.Outputs["my_name"]).IsEqualTo(request.Inputs["my_name"]);

        using HttpResponseMessage answer = await server.Http.PostAsync("/v1/models/strings:predict", new StringContent("""{"instances":["größe","",{"b64":"/wA="}]}"""));
        await Assert.That(await answer.Content.ReadAsStringAsync()).IsEqualTo("""{"predictions":["größe","",{"b64":"/wA="}]}""");
    }

    [Test]
    public async Task Sequence_GoesThroughBothTransports()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("accumulator"), "accumulator", "--stateful");
        using HttpResponseMessage start = await server.Http.PostAsync("/v1/models/accumulator:predict", new StringContent("""{"instances":[{"x":[1.5],"sequence_id":7,"sequence_control_input":1}]}"""));
        await Assert.That(await start.Content.ReadAsStringAsync()).IsEqualTo("""{"predictions":[{"sum":[1.5],"sequence_id":7}]}""");

        PredictRequest request = new() { ModelSpec = new() { Name = "accumulator" } };
        request.Inputs["x"] = new TensorProto { Dtype = DataType.DtFloat, TensorShape = Shape(1, 1), FloatVal = { 2 } };
        request.Inputs["sequence_id"] = new TensorProto { Dtype = DataType.DtUint64, TensorShape = Shape(1), Uint64Val = { 7 } };
        request.Inputs["sequence_control_input"] = new TensorProto { Dtype = DataType.DtUint32, TensorShape = Shape(1), Uint32Val = { 2 } };
        PredictResponse end = await new Predictions(server.Channel).PredictAsync(request);
        await Assert.That(MemoryMarshal.Cast<byte, float>(end.Outputs["sum"].TensorContent.Span)[0]).IsEqualTo(3.5f);
        await Assert.That(end.Outputs["sequence_id"].Uint64Val.Single()).IsEqualTo(7UL);

        using HttpResponseMessage gone = await server.Http.PostAsync("/v1/models/accumulator:predict", new StringContent("""{"inputs":{"x":[[1]],"sequence_id":[7],"sequence_control_input":[0]}}"""));
        await Assert.That((int)gone.StatusCode).IsEqualTo(404);
    }

    private static PredictRequest Request(bool typed)
    {
        PredictRequest request = new() { ModelSpec = new() { Name = "all_types", Version = 1, SignatureName = "serving_default" } };
        foreach ((string port, TensorProto content, TensorProto values, _) in s_columns)
        {
            request.Inputs[$"in_{port}"] = typed ? values : content.Clone();
        }

        return request;
    }

    private static async Task<JsonNode> PostAsync(string body)
    {
        using HttpResponseMessage answer = await s_server.Http.PostAsync("/v1/models/all_types/versions/1:predict", new StringContent(body));
        string text = await answer.Content.ReadAsStringAsync();
        await Assert.That((int)answer.StatusCode).IsEqualTo(200).Because(text);
        return JsonNode.Parse(text)!;
    }

    private static (string Port, TensorProto Content, TensorProto Values, string Json) Of<T>(string port, DataType type, T[] values, Action<TensorProto> fill, string json)
        where T : unmanaged
    {
        TensorProto content = new() { Dtype = type, TensorShape = Shape(1, 4), TensorContent = ByteString.CopyFrom(MemoryMarshal.AsBytes<T>(values)) };
        TensorProto typed = new() { Dtype = type, TensorShape = Shape(1, 4) };
        fill(typed);
        return (port, content, typed, json);
    }

    private static TensorShapeProto Shape(params long[] sizes) => new() { Dim = { sizes.Select(static size => new TensorShapeProto.Types.Dim { Size = size }) } };
}
