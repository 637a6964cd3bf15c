using Google.Protobuf;
using Ovms.Frontends;
using Ovms.Frontends.Grpc.Binding;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Serving.Draining;
using Ovms.Serving.Table;
using Ovms.Status;
using Ovms.Tensors;
using Input = Ovms.Frontends.Grpc.Protos.ModelInferRequest.Types.InferInputTensor;

namespace Ovms.Tests.Frontends.Grpc.Binding;

/// <summary>How long a packed message may become, by what its first bytes name.</summary>
public sealed class PackedBoundTests
{
    [Test]
    public async Task ModelOfFixedShapes_BoundsItsMessagesInBothApis()
    {
        Servable dummy = ServedModel.Load("dummy");
        PackedBound bound = new(Registry(dummy));
        byte[] infer = InferRequests.Dummy().ToByteArray();
        byte[] predict = TfsRequests.Dummy().ToByteArray();
        byte[] ofVersion = TfsRequests.For("dummy", 1).ToByteArray();

        foreach (Outcome<long?> found in new[] { Find(bound, InferApi.All[0], infer), Find(bound, InferApi.All[1], predict), Find(bound, InferApi.All[1], ofVersion) })
        {
            await Assert.That(found.Value!.Value).IsGreaterThanOrEqualTo(MessageBound.Rest).And.IsLessThan(MessageBound.Rest + 1000);
        }

        await Assert.That(Find(bound, InferApi.All[0], new ModelInferRequest { ModelName = "dummy", ModelVersion = "7" }.ToByteArray()).IsOk).IsFalse();
        await Assert.That(Find(bound, InferApi.All[1], TfsRequests.For("stranger").ToByteArray()).Code).IsEqualTo(StatusCode.ModelNameMissing);
    }

    [Test]
    public async Task MessageThatNamesNoModelFirst_MayBeAsLongAsTheModelThatTakesMost()
    {
        Servable dummy = ServedModel.Load("dummy");
        byte[] nameLast = [.. new ModelInferRequest { Id = "first" }.ToByteArray(), .. new ModelInferRequest { ModelName = "dummy" }.ToByteArray()];
        await Assert.That(Find(new PackedBound(Registry(dummy)), InferApi.All[0], nameLast).Value!.Value).IsLessThan(MessageBound.Rest + 1000);
        await Assert.That(Find(new PackedBound(Registry(dummy)), InferApi.All[0], new byte[100]).Value!.Value).IsLessThan(MessageBound.Rest + 1000);

        Servable dynamic = ServedModel.Load("dynamic");
        await Assert.That(Find(new PackedBound(Registry(dummy, dynamic)), InferApi.All[0], nameLast).Value).IsNull();
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
        OvmsException refused = (await Assert.That(() => InferApi.All[0].Read(payload, out _)).Throws<OvmsException>())!;
        await Assert.That(refused.Outcome.Code).IsEqualTo(StatusCode.OutOfMemory);
    }

    private static ServableRegistry Registry(params Servable[] servables)
    {
        ServableRegistry registry = new(new Drain());
        registry.Publish(ServedModel.Table(servables));
        return registry;
    }

    private static Outcome<long?> Find(PackedBound bound, InferApi api, byte[] begin)
    {
        using NativeBuffer bytes = Payload.Of(begin);
        return bound.Find(api, bytes);
    }
}
