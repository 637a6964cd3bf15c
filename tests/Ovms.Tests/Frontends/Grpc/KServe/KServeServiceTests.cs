using Grpc.Core;
using Ovms.Frontends.Grpc.KServe;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Serving;
using Ovms.Serving.Table;
using CallStatus = Grpc.Core.Status;
using Tensor = Ovms.Frontends.Grpc.Protos.ModelMetadataResponse.Types.TensorMetadata;

namespace Ovms.Tests.Frontends.Grpc.KServe;

/// <summary>The calls beside inference, over a connection.</summary>
public sealed class KServeServiceTests
{
    [Test]
    public async Task NoModelYet_LiveAndNotReady()
    {
        await using GrpcServer server = await GrpcServer.StartAsync();
        await Assert.That((await server.Client.ServerLiveAsync(new())).Live).IsTrue();
        await Assert.That((await server.Client.ServerReadyAsync(new())).Ready).IsFalse();
    }

    [Test]
    public async Task Readiness_FollowsTheTableAndTheDrain()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(ServedModel.Load("dummy"));
        await Assert.That((await server.Client.ServerReadyAsync(new())).Ready).IsTrue();
        await Assert.That((await server.Client.ModelReadyAsync(new() { Name = "dummy" })).Ready).IsTrue();

        server.Served.Drain.StartDraining();
        await Assert.That((await server.Client.ServerLiveAsync(new())).Live).IsTrue();
        await Assert.That((await server.Client.ServerReadyAsync(new())).Ready).IsFalse();
        await Assert.That((await server.Client.ModelReadyAsync(new() { Name = "dummy" })).Ready).IsFalse();
    }

    [Test]
    public async Task ServerMetadata_IsNameVersionAndWhatWorks()
    {
        await using GrpcServer server = await GrpcServer.StartAsync();
        await Assert.That(await server.Client.ServerMetadataAsync(new())).IsEqualTo(new ServerMetadataResponse
        {
            Name = "OpenVINO Model Server",
            Version = "1.2.3",
            Extensions = { "binary_tensor_data", "model_configuration", "sequence", "statistics" },
        });
    }

    [Test]
    [Arguments("", StatusCode.OK, "")]
    [Arguments("0", StatusCode.OK, "")]
    [Arguments("1", StatusCode.OK, "")]
    [Arguments("2", StatusCode.NotFound, "Model with requested version is not found - Model: dummy; Requested version: 2; Available versions: 1")]
    [Arguments("-1", StatusCode.InvalidArgument, "invalid model version format in request - Expected: a number; Actual: -1")]
    [Arguments("one", StatusCode.InvalidArgument, "invalid model version format in request - Expected: a number; Actual: one")]
    public async Task Version_IsFoundOrNamed(string version, StatusCode status, string text)
    {
        await using GrpcServer server = await GrpcServer.StartAsync(ServedModel.Load("dummy"));
        CallStatus ready = await Refusals.Of(server.Client.ModelReadyAsync(new() { Name = "dummy", Version = version }));
        CallStatus metadata = await Refusals.Of(server.Client.ModelMetadataAsync(new() { Name = "dummy", Version = version }));

        await Assert.That(ready.StatusCode).IsEqualTo(status);
        await Assert.That(metadata.StatusCode).IsEqualTo(status);
        if (text.Length > 0)
        {
            await Assert.That(ready.Detail).IsEqualTo(text);
            await Assert.That(metadata.Detail).IsEqualTo(text);
        }
    }

    [Test]
    public async Task UnknownName_SaysWhatIsServed()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(ServedModel.Load("dummy"));
        CallStatus refused = await Refusals.Of(server.Client.ModelReadyAsync(new() { Name = "größe%\n" }));
        await Assert.That(refused.StatusCode).IsEqualTo(StatusCode.NotFound);
        await Assert.That(refused.Detail).StartsWith("Model with requested name is not found").And.Contains("größe%").And.Contains("dummy");
    }

    [Test]
    public async Task LoadingVersion_IsNotReadyAndHasNoMetadataYet()
    {
        await using GrpcServer server = await GrpcServer.StartAsync();
        server.Registry.Publish(new ServableTable([new ModelEntry("slow", [new VersionEntry(3, ServableState.Loading)])]));

        await Assert.That((await server.Client.ModelReadyAsync(new() { Name = "slow", Version = "3" })).Ready).IsFalse();
        await Assert.That((await server.Client.ModelReadyAsync(new() { Name = "slow" })).Ready).IsFalse();
        await Assert.That((await Refusals.Of(server.Client.ModelMetadataAsync(new() { Name = "slow" }))).StatusCode).IsEqualTo(StatusCode.Unavailable);
        await Assert.That((await Refusals.Of(server.Client.ModelInferAsync(new() { ModelName = "slow" }))).StatusCode).IsEqualTo(StatusCode.Unavailable);
    }

    [Test]
    public async Task Metadata_DescribesEveryPortInNameOrder()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(ServedModel.Load("dynamic"), ServedModel.Load("scalar"), ServedModel.Load("all_types"));

        await Assert.That(await server.Client.ModelMetadataAsync(new() { Name = "dynamic" })).IsEqualTo(new ModelMetadataResponse
        {
            Name = "dynamic",
            Versions = { "1" },
            Platform = "OpenVINO",
            Inputs = { new Tensor { Name = "x", Datatype = "FP32", Shape = { -1, -1 } } },
            Outputs = { new Tensor { Name = "y", Datatype = "FP32", Shape = { -1, -1 } } },
        });
        ModelMetadataResponse scalar = await server.Client.ModelMetadataAsync(new() { Name = "scalar" });
        await Assert.That(scalar.Inputs.Single().Shape.Count).IsEqualTo(0);
        ModelMetadataResponse types = await server.Client.ModelMetadataAsync(new() { Name = "all_types" });
        await Assert.That(string.Join(' ', types.Inputs.Select(static input => $"{input.Name[3..]}:{input.Datatype}"))).IsEqualTo(
            "bf16:BF16 boolean:BOOL f16:FP16 f32:FP32 f64:FP64 i16:INT16 i32:INT32 i64:INT64 i8:INT8 u16:UINT16 u32:UINT32 u64:UINT64 u8:UINT8");
    }

    [Test]
    public async Task CallsThatAreNotServed_AreUnimplemented()
    {
        await using GrpcServer server = await GrpcServer.StartAsync();
        await Assert.That((await Refusals.Of(() => server.CallAsync("no.such.Service", "Call", []))).StatusCode).IsEqualTo(StatusCode.Unimplemented);
    }

    [Test]
    [Arguments("ServerLive")]
    [Arguments("ServerReady")]
    [Arguments("ServerMetadata")]
    [Arguments("ModelReady")]
    [Arguments("ModelMetadata")]
    [Arguments("ModelInfer")]
    [Arguments("ModelConfig")]
    [Arguments("ModelStatistics")]
    [Arguments("RepositoryIndex")]
    [Arguments("TraceSetting")]
    [Arguments("LogSettings")]
    [Arguments("SystemSharedMemoryUnregister")]
    public async Task BytesThatAreNoMessage_AreTheCallersFault(string call)
    {
        await using GrpcServer server = await GrpcServer.StartAsync();
        CallStatus malformed = await Refusals.Of(() => server.CallAsync(KServeBinding.ServiceName, call, [0x0A, 0x20, 0x41]));
        CallStatus twice = await Refusals.Of(() => server.CallWithAsync(KServeBinding.ServiceName, call, [], []));
        CallStatus none = await Refusals.Of(() => server.CallWithAsync(KServeBinding.ServiceName, call));

        await Assert.That(malformed.StatusCode).IsEqualTo(StatusCode.InvalidArgument);
        await Assert.That(malformed.Detail).StartsWith("The message cannot be parsed - ");
        await Assert.That(twice.Detail).IsEqualTo("The message cannot be parsed - More bytes came after the message of a call that takes one");
        await Assert.That(twice.StatusCode).IsEqualTo(StatusCode.InvalidArgument);
        await Assert.That(none.Detail).IsEqualTo("The message cannot be parsed - The call ended without a message");
        await Assert.That(none.StatusCode).IsEqualTo(StatusCode.InvalidArgument);
    }
}
