using Google.Protobuf;
using Grpc.Core;
using Ovms.Frontends.Grpc.Protos.TensorFlow;
using Ovms.Frontends.Grpc.Protos.TensorFlowServing;
using Ovms.Frontends.Grpc.TensorFlow;
using Ovms.Serving.Table;
using TUnit.Assertions.Enums;
using Answer = Ovms.Frontends.Grpc.Protos.TensorFlowServing.PredictResponse;
using CallStatus = Grpc.Core.Status;
using Client = Ovms.Frontends.Grpc.Protos.TensorFlowServing.PredictionService.PredictionServiceClient;

namespace Ovms.Tests.Frontends.Grpc;

/// <summary>TensorFlow Serving's Predict over a connection with the real engine.</summary>
public sealed class TfsPredictTests
{
    private static readonly float[] s_expected = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

    [Test]
    public async Task Content_IsComputed()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(ServedModel.Load("dummy"));
        Answer response = await new Client(server.Channel).PredictAsync(TfsRequests.Dummy());
        await Assert.That(response.ModelSpec).IsEqualTo(new ModelSpec { Name = "dummy", Version = 1 });
        await Assert.That(response.Outputs.Keys).IsEquivalentTo(["a"]);
        await Assert.That(response.Outputs["a"].Dtype).IsEqualTo(DataType.DtFloat);
        await Assert.That(response.Shape("a")).IsEquivalentTo([1L, 10], CollectionOrdering.Matching);
        await Assert.That(response.Values<float>("a")).IsEquivalentTo(s_expected, CollectionOrdering.Matching);
    }

    [Test]
    public async Task Values_AreComputed_AndOneStandsForAll()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(ServedModel.Load("dummy"));
        Client client = new(server.Channel);
        PredictRequest all = TfsRequests.For("dummy", 1);
        all.Inputs["b"] = TfsRequests.Tensor(DataType.DtFloat, 1, 10);
        all.Inputs["b"].FloatVal.Add(Enumerable.Range(0, 10).Select(static i => (float)i));
        await Assert.That((await client.PredictAsync(all)).Values<float>("a")).IsEquivalentTo(s_expected, CollectionOrdering.Matching);

        PredictRequest one = TfsRequests.For("dummy", 0);
        one.Inputs["b"] = TfsRequests.Tensor(DataType.DtFloat, 1, 10);
        one.Inputs["b"].FloatVal.Add(0.5f);
        await Assert.That((await client.PredictAsync(one)).Values<float>("a")).IsEquivalentTo(Enumerable.Repeat(1.5f, 10), CollectionOrdering.Matching);
    }

    [Test]
    public async Task AnswersBytes_AreWhatTheReferenceWouldWrite()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(ServedModel.Load("dummy"), ServedModel.Load("dynamic"), ServedModel.Load("scalar"), ServedModel.Load("passthrough_string"));
        PredictRequest scalar = TfsRequests.For("scalar");
        scalar.Inputs["model_scalar_input"] = TfsRequests.Content(DataType.DtFloat, [], 4.5f);
        PredictRequest empty = TfsRequests.For("dynamic");
        empty.Inputs["x"] = TfsRequests.Content<float>(DataType.DtFloat, [0, 300]);
        PredictRequest large = TfsRequests.For("dynamic");
        large.Inputs["x"] = TfsRequests.Content(DataType.DtFloat, [300, 512], Enumerable.Range(0, 300 * 512).Select(static i => (float)i).ToArray());
        foreach (PredictRequest request in new[] { TfsRequests.Dummy(), scalar, empty, large, Strings("a", "", "größe") })
        {
            byte[] answer = await server.CallAsync(TfsBinding.PredictionService, "Predict", request.ToByteArray());
            Answer parsed = Answer.Parser.ParseFrom(answer);
            await Assert.That(parsed.Outputs.Count).IsEqualTo(1);
            await Assert.That(Convert.ToHexString(parsed.ToByteArray())).IsEqualTo(Convert.ToHexString(answer)).Because(request.ModelSpec.Name);
        }
    }

    [Test]
    public async Task Strings_ComeBackWithEveryByte()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(ServedModel.Load("passthrough_string"));
        PredictRequest request = Strings("", "a", "NUL\0inside", "größe 模型 🦊", new string('x', 10_000));
        request.Inputs["my_name"].StringVal[1] = ByteString.CopyFrom(0xFF, 0xFE);
        Answer response = await new Client(server.Channel).PredictAsync(request);
        await Assert.That(response.Outputs["my_name"].Dtype).IsEqualTo(DataType.DtString);
        await Assert.That(response.Outputs["my_name"].StringVal).IsEquivalentTo(request.Inputs["my_name"].StringVal, CollectionOrdering.Matching);
    }

    [Test]
    public async Task EveryType_ComesBack_AndTheFilterChooses()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(ServedModel.Load("all_types"));
        Client client = new(server.Channel);
        PredictRequest request = TfsRequests.For("all_types");
        foreach (Ovms.Serving.Signatures.TensorInfo input in server.Registry.Current.Find("all_types", "").Value.Version.Servable!.Signature.Inputs)
        {
            byte[] raw = [.. One(input.Marshaler.Datatype), .. new byte[input.Marshaler.BitWidth * 3 / 8]];
            request.Inputs[input.Name] = TfsRequests.Content((DataType)TensorDatatypes.NumberOf(input.Marshaler), [1, 4], raw);
        }

        Answer all = await client.PredictAsync(request);
        await Assert.That(all.Outputs.Count).IsEqualTo(13);
        foreach ((string name, TensorProto output) in all.Outputs)
        {
            await Assert.That(output).IsEqualTo(request.Inputs["in" + name[3..]]).Because(name);
        }

        request.OutputFilter.Add(["out_u8", "out_i64"]);
        Answer some = await client.PredictAsync(request);
        await Assert.That(some.Outputs.Keys).IsEquivalentTo(["out_u8", "out_i64"]);

        request.OutputFilter.Add("out_complex");
        CallStatus unknown = await Refusals.Of(client.PredictAsync(request));
        await Assert.That(unknown.StatusCode).IsEqualTo(StatusCode.InvalidArgument);
        await Assert.That(unknown.Detail).Contains("out_complex");
    }

    [Test]
    public async Task Faults_AreTheCallersAndInTheOriginalsWords()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(ServedModel.Load("dummy"));
        Client client = new(server.Channel);
        (PredictRequest Request, StatusCode Status, string Text)[] faults =
        [
            (new PredictRequest(), StatusCode.InvalidArgument, "model_spec missing in request"),
            (TfsRequests.For("nobody"), StatusCode.NotFound, "Model with requested name is not found"),
            (TfsRequests.For("dummy", 7), StatusCode.NotFound, "Model with requested version is not found"),
            (TfsRequests.For("dummy", -7), StatusCode.InvalidArgument, "invalid model version format in request"),
            (TfsRequests.For("dummy"), StatusCode.InvalidArgument, "Invalid number of inputs - Expected: 1; Actual: 0"),
            (With(static r => r.Inputs["b"].Dtype = DataType.DtInt8), StatusCode.InvalidArgument, "Invalid input precision - Expected: FP32; Actual: I8; input name: b"),
            (With(static r => r.Inputs["b"].Dtype = DataType.DtComplex64), StatusCode.InvalidArgument, "Invalid input precision - Expected: FP32; Actual: DT_COMPLEX64"),
            (With(static r => r.Inputs["b"].TensorShape.Dim[1].Size = 11), StatusCode.InvalidArgument, "Invalid input shape - Expected: (1,10); Actual: (1,11); input name: b"),
            (With(static r => r.Inputs["b"].TensorContent = ByteString.CopyFrom(new byte[36])), StatusCode.InvalidArgument, "Invalid content size of tensor proto - Expected: 40 bytes; Actual: 36 bytes; input name: b"),
            (With(static r => r.Inputs["b"].TensorContent = ByteString.Empty), StatusCode.InvalidArgument, "Invalid content size of tensor proto - Expected: 40 bytes; Actual: 0 bytes; input name: b"),
        ];
        foreach ((PredictRequest request, StatusCode status, string text) in faults)
        {
            CallStatus fault = await Refusals.Of(client.PredictAsync(request));
            await Assert.That(fault.StatusCode).IsEqualTo(status).Because(fault.Detail);
            await Assert.That(fault.Detail).StartsWith(text);
        }

        await Assert.That((await Refusals.Of(() => server.CallAsync(TfsBinding.PredictionService, "Predict", [0x0A, 0x20]))).StatusCode).IsEqualTo(StatusCode.InvalidArgument);
        foreach ((string service, string call) in new[] { (TfsBinding.PredictionService, "Classify"), (TfsBinding.PredictionService, "Regress"), (TfsBinding.PredictionService, "MultiInference"), (TfsBinding.ModelService, "HandleReloadConfigRequest") })
        {
            await Assert.That((await Refusals.Of(() => server.CallAsync(service, call, []))).StatusCode).IsEqualTo(StatusCode.Unimplemented).Because(call);
        }
    }

    [Test]
    public async Task ManyCallers_LeaveNothingRented()
    {
        Servable model = ServedModel.Load("dummy", inferRequests: 2);
        await using GrpcServer server = await GrpcServer.StartAsync(model);
        Client client = new(server.Channel);
        await Parallel.ForEachAsync(Enumerable.Range(0, 200), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
        {
            PredictRequest request = TfsRequests.For("dummy");
            request.Inputs["b"] = TfsRequests.Content(DataType.DtFloat, [1, 10], Enumerable.Repeat((float)i, 10).ToArray());
            float[] values = (await client.PredictAsync(request)).Values<float>("a");
            if (values.Length != 10 || values.Any(value => value != i + 1))
            {
                throw new InvalidOperationException($"Call {i} got {string.Join(',', values)}");
            }
        });
        await Assert.That(await Refusals.Eventually(() => model.Pool.InUse == 0)).IsTrue();
    }

    private static PredictRequest With(Action<PredictRequest> change)
    {
        PredictRequest request = TfsRequests.Dummy();
        change(request);
        return request;
    }

    private static PredictRequest Strings(params string[] texts)
    {
        PredictRequest request = TfsRequests.For("passthrough_string");
        request.Inputs["my_name"] = TfsRequests.Tensor(DataType.DtString, texts.Length);
        request.Inputs["my_name"].StringVal.Add(texts.Select(ByteString.CopyFromUtf8));
        return request;
    }

    private static byte[] One(string datatype) => datatype switch
    {
        "BF16" => [0x80, 0x3F],
        "FP16" => [0x00, 0x3C],
        "FP32" => BitConverter.GetBytes(1f),
        "FP64" => BitConverter.GetBytes(1d),
        "INT64" or "UINT64" => BitConverter.GetBytes(1L),
        "INT32" or "UINT32" => BitConverter.GetBytes(1),
        "INT16" or "UINT16" => [1, 0],
        _ => [1],
    };
}
