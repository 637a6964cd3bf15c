using Grpc.Core;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>KServe v2 over gRPC against one small model.</summary>
public sealed class KServeGrpcTests
{
    private static readonly float[] s_input = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    private static OvmsServer s_server = null!;

    [Before(Class)]
    public static async Task StartServer() => s_server = await OvmsServer.StartAsync(Repo.Model("summator"), "summator");

    [After(Class)]
    public static async Task StopServer() => await s_server.DisposeAsync();

    [Test]
    public async Task ReadyServer_SaysSo()
    {
        await Assert.That((await s_server.Client.ServerLiveAsync(new ServerLiveRequest())).Live).IsTrue();
        await Assert.That((await s_server.Client.ServerReadyAsync(new ServerReadyRequest())).Ready).IsTrue();
        await Assert.That((await s_server.Client.ModelReadyAsync(new ModelReadyRequest { Name = "summator" })).Ready).IsTrue();
        await Assert.That((await s_server.Client.ModelReadyAsync(new ModelReadyRequest { Name = "summator", Version = "1" })).Ready).IsTrue();
    }

    [Test]
    public async Task ServerMetadata_NamesTheServer()
    {
        ServerMetadataResponse metadata = await s_server.Client.ServerMetadataAsync(new ServerMetadataRequest());
        await Assert.That(metadata.Name).IsEqualTo("OpenVINO Model Server");
        await Assert.That(metadata.Version).IsNotEmpty();
    }

    [Test]
    public async Task ModelMetadata_ListsPortsByName()
    {
        ModelMetadataResponse metadata = await s_server.Client.ModelMetadataAsync(new ModelMetadataRequest { Name = "summator" });
        await Assert.That(metadata.Name).IsEqualTo("summator");
        await Assert.That(metadata.Platform).IsEqualTo("OpenVINO");
        await Assert.That(metadata.Versions).IsEquivalentTo(["1"]);
        await Assert.That(metadata.Inputs.Select(static input => input.Name)).IsEquivalentTo(["b", "c"]);
        await Assert.That(metadata.Inputs[0].Datatype).IsEqualTo("FP32");
        await Assert.That(metadata.Inputs[0].Shape).IsEquivalentTo([1L, 10L]);
        await Assert.That(metadata.Outputs.Single().Name).IsEqualTo("sum");
    }

    [Test]
    [Arguments("")]
    [Arguments("0")]
    [Arguments("1")]
    public async Task RawContents_AreSummed(string version)
    {
        ModelInferResponse response = await s_server.Client.ModelInferAsync(
            Requests.For("summator", version, id: "call-7").WithRaw("b", "FP32", [1, 10], s_input).WithRaw("c", "FP32", [1, 10], s_input));
        await Assert.That(response.ModelName).IsEqualTo("summator");
        await Assert.That(response.ModelVersion).IsEqualTo("1");
        await Assert.That(response.Id).IsEqualTo("call-7");
        await Assert.That(response.Outputs.Single().Shape).IsEquivalentTo([1L, 10L]);
        await Assert.That(response.Outputs.Single().Datatype).IsEqualTo("FP32");
        await Assert.That(response.Values<float>("sum")).IsEquivalentTo(s_input.Select(static value => 2 * value));
    }

    [Test]
    public async Task TypedContents_InAnyOrder_AreSummed()
    {
        InferTensorContents contents = new() { Fp32Contents = { s_input } };
        ModelInferResponse response = await s_server.Client.ModelInferAsync(
            Requests.For("summator").WithContents("c", "FP32", [1, 10], contents).WithContents("b", "FP32", [1, 10], contents).WithOutputs("sum"));
        await Assert.That(response.Values<float>("sum")).IsEquivalentTo(s_input.Select(static value => 2 * value));
    }

    [Test]
    public async Task Faults_AreNamedAndTheCallers()
    {
        float[] nine = s_input[..9];
        (ModelInferRequest Request, StatusCode Status, string Part)[] faults =
        [
            (Requests.For("nobody").WithRaw("b", "FP32", [1, 10], s_input), StatusCode.NotFound, "Model with requested name is not found"),
            (Requests.For("summator", "7"), StatusCode.NotFound, "Model with requested version is not found"),
            (Requests.For("summator", "one"), StatusCode.InvalidArgument, "invalid model version format in request"),
            (Requests.For("summator"), StatusCode.InvalidArgument, "Invalid number of inputs - Expected: 2; Actual: 0"),
            (Requests.For("summator").WithRaw("b", "FP32", [1, 10], s_input), StatusCode.InvalidArgument, "Expected: 2; Actual: 1"),
            (Requests.For("summator").WithRaw("b", "FP32", [1, 10], s_input).WithRaw("x", "FP32", [1, 10], s_input), StatusCode.InvalidArgument, "c"),
            (Requests.For("summator").WithRaw("b", "FP32", [1, 10], s_input).WithRaw("c", "INT8", [1, 10], new sbyte[10]), StatusCode.InvalidArgument, "Invalid input precision - Expected: FP32; Actual: INT8"),
            (Requests.For("summator").WithRaw("b", "FP32", [1, 10], s_input).WithRaw("c", "FP32", [10], s_input), StatusCode.InvalidArgument, "Invalid number of shape dimensions - Expected: (1,10); Actual: (10)"),
            (Requests.For("summator").WithRaw("b", "FP32", [1, 10], s_input).WithRaw("c", "FP32", [2, 10], s_input), StatusCode.InvalidArgument, "Invalid input batch size - Expected: 1; Actual: 2"),
            (Requests.For("summator").WithRaw("b", "FP32", [1, 10], s_input).WithRaw("c", "FP32", [1, 11], s_input), StatusCode.InvalidArgument, "Invalid input shape - Expected: (1,10); Actual: (1,11)"),
            (Requests.For("summator").WithRaw("b", "FP32", [1, 10], s_input).WithRaw("c", "FP32", [-1, 10], s_input), StatusCode.InvalidArgument, "(-1,10)"),
            (Requests.For("summator").WithRaw("b", "FP32", [1, 10], s_input).WithRaw("c", "FP32", [1, 10], nine), StatusCode.InvalidArgument, "Invalid content size of tensor proto - Expected: 40 bytes; Actual: 36 bytes"),
            (Requests.For("summator").WithRaw("b", "FP32", [1, 10], s_input).WithRaw("c", "FP32", [long.MaxValue, long.MaxValue], s_input), StatusCode.InvalidArgument, "input"),
            (Requests.For("summator").WithRaw("b", "FP32", [1, 10], s_input).WithRaw("c", "FP32", [1, 10], s_input).WithOutputs("difference"), StatusCode.InvalidArgument, "difference"),
        ];
        foreach ((ModelInferRequest request, StatusCode status, string part) in faults)
        {
            RpcException fault = await Fault.OfAsync(async () => await s_server.Client.ModelInferAsync(request));
            await Assert.That(fault.StatusCode).IsEqualTo(status).Because(fault.Status.Detail);
            await Assert.That(fault.Status.Detail).Contains(part);
        }
    }

    [Test]
    public async Task MalformedBytes_AreTheCallersFault()
    {
        Marshaller<byte[]> bytes = Marshallers.Create(static raw => raw, static raw => raw);
        foreach (string method in new[] { "ServerLive", "ModelReady", "ModelMetadata", "ModelInfer" })
        {
            Method<byte[], byte[]> call = new(MethodType.Unary, "inference.GRPCInferenceService", method, bytes, bytes);
            RpcException fault = await Fault.OfAsync(async () => await s_server.Channel.CreateCallInvoker().AsyncUnaryCall(call, null, default, [0x0A, 0xFF, 0xFF, 0xFF, 0x7F, 1]));
            await Assert.That(fault.StatusCode).IsEqualTo(StatusCode.InvalidArgument).Because($"{method}: {fault.Status.Detail}");
        }
    }

    [Test]
    public async Task OtherMethods_AreUnimplemented()
    {
        RpcException load = await Fault.OfAsync(async () => await s_server.Client.RepositoryModelLoadAsync(new() { ModelName = "summator" }));
        await Assert.That(load.StatusCode).IsEqualTo(StatusCode.Unimplemented);
    }
}
