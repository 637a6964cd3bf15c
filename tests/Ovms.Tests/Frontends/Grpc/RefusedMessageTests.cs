using System.IO.Compression;
using System.Net;
using Google.Protobuf;
using Grpc.Core;
using Ovms.Frontends;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Frontends.Grpc.Transport;
using Ovms.Inference;
using Ovms.Serving.Table;
using Ovms.Tensors;
using Input = Ovms.Frontends.Grpc.Protos.ModelInferRequest.Types.InferInputTensor;

namespace Ovms.Tests.Frontends.Grpc;

/// <summary>Which model a message counts for that is refused before it is an inference.</summary>
public sealed class RefusedMessageTests
{
    [Test]
    public async Task MessageThatNeedsMoreMemoryThanThereIs_IsAFailedCallOfItsModel()
    {
        Servable dynamic = ServedModel.Load("dynamic");
        await using GrpcServer server = await GrpcServer.StartAsync(
            new GrpcSettings { EndPoints = [new IPEndPoint(IPAddress.Loopback, 0)], ServerVersion = "1.2.3", Memory = new RequestMemory(3 << 20, "grpc_memory_quota") }, [dynamic]);

        // Each number is a byte on the wire and eight where the engine reads it.
        Input input = new() { Name = "x", Datatype = "INT64", Shape = { 1, 1 << 19 }, Contents = new InferTensorContents() };
        input.Contents.Int64Contents.AddRange(Enumerable.Repeat(1L, 1 << 19));
        ModelInferRequest request = new() { ModelName = "dynamic", Inputs = { input } };
        RpcException refused = (await Assert.That(async () => await server.Client.ModelInferAsync(request)).Throws<RpcException>())!;
        await Assert.That(refused.StatusCode).IsEqualTo(StatusCode.ResourceExhausted);
        await Assert.That(dynamic.Statistics.Read().Fail.Count).IsEqualTo(1);
    }

    [Test]
    public async Task PackedMessageThatNamesAnotherModelLater_IsNoFailureOfTheFirst()
    {
        Servable dummy = ServedModel.Load("dummy");
        Servable dynamic = ServedModel.Load("dynamic");
        await using GrpcServer server = await GrpcServer.StartAsync(dummy, dynamic);
        byte[] crossed = [.. new ModelInferRequest { ModelName = "dummy" }.ToByteArray(), .. InferRequests.Doubling(5, 3277).ToByteArray()];
        using MemoryStream packed = new();
        using (GZipStream zip = new(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            zip.Write(crossed);
        }

        await RawHttp2.PostAsync(server.Address, "ModelInfer", RawHttp2.Frame(packed.ToArray(), isCompressed: true), "gzip");
        await Assert.That(dummy.Statistics.Read().Fail.Count).IsEqualTo(0);
        await Assert.That(dynamic.Statistics.Read().Success.Count + dynamic.Statistics.Read().Fail.Count).IsEqualTo(1);
    }

    [Test]
    [Arguments(false)]
    [Arguments(true)]
    public async Task PredictThatIsRefusedBehindTheModelsName_NamesItsModel(bool hasLabel)
    {
        byte[] bytes = hasLabel
            ? [0x0A, 10, 0x0A, 5, .. "dummy"u8, 0x22, 1, (byte)'x']
            : [.. TfsRequests.Dummy().ToByteArray(), 0x12, 100, 1];
        NativeBuffer payload = Payload.Of(bytes);
        await Assert.That(Readers.Predict.Read(payload, out CallSubject head).IsOk).IsFalse();
        await Assert.That(head.Model).IsEqualTo("dummy");
    }
}
