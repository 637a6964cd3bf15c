using System.Runtime.InteropServices;
using Google.Protobuf;
using Grpc.Core;
using Ovms.Frontends.Grpc.KServe;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Tests.Serving.Sequences;
using CallStatus = Grpc.Core.Status;
using Input = Ovms.Frontends.Grpc.Protos.ModelInferRequest.Types.InferInputTensor;

namespace Ovms.Tests.Frontends.Grpc;

/// <summary>Sequences over gRPC: how requests name them and responses return their ids.</summary>
public sealed class SequenceCallTests
{
    [Test]
    public async Task Parameters_AreAnsweredByAParameterAndNoOutput()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(Accumulator.Serve());
        foreach (InferParameter id in (InferParameter[])[new() { Int64Param = 7 }, new() { StringParam = "größe" }, new() { Uint64Param = ulong.MaxValue }])
        {
            ModelInferResponse first = await server.Client.ModelInferAsync(Add(1, ("sequence_id", id), ("sequence_start", new() { BoolParam = true })));
            ModelInferResponse last = await server.Client.ModelInferAsync(Add(2, ("sequence_id", id), ("sequence_end", new() { Int64Param = 1 })));
            await Assert.That(first.Parameters.Single().Key).IsEqualTo("sequence_id");
            await Assert.That(first.Parameters["sequence_id"]).IsEqualTo(id);
            await Assert.That(last.Parameters["sequence_id"]).IsEqualTo(id);
            await Assert.That(last.Outputs.Single().Name).IsEqualTo("sum");
            await Assert.That(last.Values<float>()).IsEquivalentTo([3f]);
        }
    }

    [Test]
    public async Task CallerWithoutAnId_GetsOneInTheParameter()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(Accumulator.Serve());
        ModelInferResponse first = await server.Client.ModelInferAsync(Add(1, ("sequence_start", new() { StringParam = "true" })));
        long id = first.Parameters["sequence_id"].Int64Param;
        await Assert.That(id).IsGreaterThan(0);
        await Assert.That((await server.Client.ModelInferAsync(Add(2, ("sequence_id", new() { Uint64Param = (ulong)id })))).Values<float>()).IsEquivalentTo([3f]);
    }

    [Test]
    public async Task Tensors_AreAnsweredByAnOutput()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(Accumulator.Serve());
        ModelInferResponse first = await server.Client.ModelInferAsync(WithTensor(WithTensor(Add(1), "sequence_id", "UINT64", 5UL), "sequence_control_input", "UINT32", 1u));
        ModelInferResponse second = await server.Client.ModelInferAsync(WithTensor(Add(2), "sequence_id", "UINT64", 5UL));
        await Assert.That(first.Parameters).IsEmpty();
        await Assert.That(second.Outputs.Select(static output => $"{output.Name} {output.Datatype} {string.Join(',', output.Shape)}")).IsEquivalentTo(["sum FP32 1,1", "sequence_id UINT64 1"]);
        await Assert.That(second.Values<float>()).IsEquivalentTo([3f]);
        await Assert.That(second.Values<ulong>(1)).IsEquivalentTo([5UL]);
    }

    [Test]
    public async Task AnswersBytes_AreWhatTheReferenceWouldWrite()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(Accumulator.Serve());
        ModelInferRequest[] requests =
        [
            Add(1, ("sequence_id", new() { Int64Param = 300 }), ("sequence_start", new() { BoolParam = true })),
            Add(1, ("sequence_id", new() { StringParam = "größe" }), ("sequence_start", new() { BoolParam = true })),
            Add(1, ("sequence_id", new() { Uint64Param = ulong.MaxValue }), ("sequence_start", new() { BoolParam = true })),
        ];
        foreach (ModelInferRequest request in requests)
        {
            byte[] answer = await server.CallAsync(KServeBinding.ServiceName, "ModelInfer", request.ToByteArray());
            await Assert.That(answer).IsEquivalentTo(ModelInferResponse.Parser.ParseFrom(answer).ToByteArray());
        }
    }

    [Test]
    public async Task WrongParameter_IsTheCallersFaultAndNamed()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(Accumulator.Serve(), ServedModel.Load("dummy"));
        CallStatus refused = await Refusals.Of(server.Client.ModelInferAsync(Add(1, ("sequence_id", new() { DoubleParam = 1.5 }))));
        await Assert.That(refused.StatusCode).IsEqualTo(StatusCode.InvalidArgument);
        await Assert.That(refused.Detail).Contains("parameters.sequence_id").And.Contains("Actual: 1.5");

        // A model without sequences ignores it.
        ModelInferRequest other = InferRequests.Dummy();
        other.Parameters["sequence_id"] = new InferParameter { DoubleParam = 1.5 };
        await Assert.That((await server.Client.ModelInferAsync(other)).Parameters).IsEmpty();
    }

    private static ModelInferRequest Add(float value, params (string Name, InferParameter Value)[] parameters)
    {
        ModelInferRequest request = InferRequests.Raw("accumulator", "x", "FP32", [1, 1], [value]);
        foreach ((string name, InferParameter parameter) in parameters)
        {
            request.Parameters[name] = parameter;
        }

        return request;
    }

    private static ModelInferRequest WithTensor<T>(ModelInferRequest request, string name, string datatype, T value)
        where T : unmanaged
    {
        request.Inputs.Add(new Input { Name = name, Datatype = datatype, Shape = { 1 } });
        request.RawInputContents.Add(ByteString.CopyFrom(MemoryMarshal.AsBytes<T>([value])));
        return request;
    }
}
