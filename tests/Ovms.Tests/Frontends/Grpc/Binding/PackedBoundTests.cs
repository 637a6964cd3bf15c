using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Ovms.Frontends;
using Ovms.Frontends.Grpc.Binding;
using Ovms.Frontends.Grpc.KServe;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Frontends.Grpc.TensorFlow;
using Ovms.Frontends.Grpc.Transport;
using Ovms.Inference;
using Ovms.Serving.Draining;
using Ovms.Serving.Table;
using Ovms.Status;
using Ovms.Tensors;
using Ovms.Tests.Inference;
using Input = Ovms.Frontends.Grpc.Protos.ModelInferRequest.Types.InferInputTensor;

namespace Ovms.Tests.Frontends.Grpc.Binding;

/// <summary>The limit of a compressed message, set by the model that its first bytes name.</summary>
public sealed class PackedBoundTests
{
    [Test]
    public async Task ModelOfFixedShapes_BoundsItsMessagesInBothApis()
    {
        Servable dummy = ServedModel.Load("dummy");
        (InferApi apiOfInfer, InferApi apiOfPredict) = Apis(dummy);
        byte[] infer = InferRequests.Dummy().ToByteArray();
        byte[] predict = TfsRequests.Dummy().ToByteArray();
        byte[] ofVersion = TfsRequests.For("dummy", 1).ToByteArray();

        foreach (Outcome<long?> found in new[] { Find(apiOfInfer, infer), Find(apiOfPredict, predict), Find(apiOfPredict, ofVersion) })
        {
            await Assert.That(found.Value!.Value).IsGreaterThanOrEqualTo(MessageBound.Rest).And.IsLessThan(MessageBound.Rest + 1000);
        }

        await Assert.That(Find(apiOfInfer, new ModelInferRequest { ModelName = "dummy", ModelVersion = "7" }.ToByteArray()).IsOk).IsFalse();
        await Assert.That(Find(apiOfPredict, TfsRequests.For("stranger").ToByteArray()).Code).IsEqualTo(StatusCode.ModelNameMissing);
    }

    [Test]
    public async Task MessageThatNamesNoModelFirst_MayBeAsLongAsTheModelThatTakesMost()
    {
        Servable dummy = ServedModel.Load("dummy");
        byte[] nameLast = [.. new ModelInferRequest { Id = "first" }.ToByteArray(), .. new ModelInferRequest { ModelName = "dummy" }.ToByteArray()];
        await Assert.That(Find(Apis(dummy).Infer, nameLast).Value!.Value).IsLessThan(MessageBound.Rest + 1000);
        await Assert.That(Find(Apis(dummy).Infer, new byte[100]).Value!.Value).IsLessThan(MessageBound.Rest + 1000);

        Servable dynamic = ServedModel.Load("dynamic");
        await Assert.That(Find(Apis(dummy, dynamic).Infer, nameLast).Value).IsNull();
    }

    // Otherwise, with a table published meanwhile, the model that computes could differ from the one that set the limit.
    [Test]
    public async Task ModelThatTheFirstBytesName_IsTheCallsFromThereOn()
    {
        Servable dummy = ServedModel.Load("dummy");
        (InferApi infer, _) = Apis(dummy);
        CallEnd end = new CallEnds().Of(new DefaultHttpContext());
        using NativeBuffer bytes = Payload.Of(InferRequests.Dummy().ToByteArray());
        await Assert.That(infer.Bound(end, bytes).IsOk).IsTrue();

        dummy.Retire();
        await Assert.That(end.Model!.Servable).IsEqualTo(dummy);
        await Assert.That(dummy.Drained.IsCompleted).IsFalse();
        end.Dispose();
        await dummy.Drained;
    }

    [Test]
    [Arguments("dynamic")]
    [Arguments("passthrough_string")]
    [Arguments("increment_1x3x4x5")]
    public async Task FreeShapesStringsAndImages_HaveAnyLength(string model)
    {
        Servable servable = ServedModel.Load(model);
        await Assert.That(MessageBound.Protobuf(servable.Accepted)).IsNull();
        await Assert.That(MessageBound.Json(servable.Accepted)).IsNull();
    }

    [Test]
    public async Task TypedContents_CountWhereTheirRequestDoes()
    {
        InferTensorContents contents = new() { Int64Contents = { Enumerable.Repeat(1L, 10_000) } };
        byte[] request = new ModelInferRequest { Inputs = { new Input { Name = "x", Datatype = "INT64", Shape = { 10_000 }, Contents = contents } } }.ToByteArray();
        RequestMemory memory = new(50_000, "quota");
        using MemoryShare share = new(memory);
        NativeBuffer payload = Payload.Of(request);
        payload.Budget = share;

        // Each number is a byte in the message, and eight where the engine reads it.
        await Assert.That(Readers.KServe.Read(payload, out _).Code).IsEqualTo(StatusCode.OutOfMemory);
    }

    private static (InferApi Infer, InferApi Predict) Apis(params Servable[] servables)
    {
        ServableRegistry registry = new(new Drain());
        registry.Publish(ServedModel.Table(servables));
        ModelCalls calls = TestCalls.Of(registry);
        PackedBound packed = new(calls, registry);
        return (KServeBinding.Infer(calls, packed), TfsBinding.Predict(calls, packed));
    }

    private static Outcome<long?> Find(InferApi api, byte[] begin)
    {
        using NativeBuffer bytes = Payload.Of(begin);
        using CallEnd end = new CallEnds().Of(new DefaultHttpContext());
        Outcome<long?> bound = api.Bound(end, bytes);
        return bound;
    }
}
