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
public sealed class UnpackedLimitTests
{
    [Test]
    public async Task ModelOfFixedShapes_BoundsItsMessagesInBothApis()
    {
        Servable dummy = ServedModel.Load("dummy");
        Limits limits = new(dummy);
        byte[] infer = InferRequests.Dummy().ToByteArray();
        byte[] predict = TfsRequests.Dummy().ToByteArray();
        byte[] ofVersion = TfsRequests.For("dummy", 1).ToByteArray();

        foreach (long? found in new[] { limits.Find(limits.Infer, infer), limits.Find(limits.Predict, predict), limits.Find(limits.Predict, ofVersion) })
        {
            await Assert.That(found!.Value).IsGreaterThanOrEqualTo(MessageBound.Rest).And.IsLessThan(MessageBound.Rest + 1000);
        }
    }

    [Test]
    public async Task MessageThatNamesNoModelFirst_MayBeAsLongAsTheModelThatTakesMost()
    {
        Servable dummy = ServedModel.Load("dummy");
        byte[] nameLast = [.. new ModelInferRequest { Id = "first" }.ToByteArray(), .. new ModelInferRequest { ModelName = "dummy" }.ToByteArray()];
        byte[] stranger = new ModelInferRequest { ModelName = "stranger", Id = "x" }.ToByteArray();
        Limits limits = new(dummy);
        foreach (byte[] message in new[] { nameLast, new byte[100], stranger })
        {
            await Assert.That(limits.Find(limits.Infer, message)!.Value).IsLessThan(MessageBound.Rest + 1000);
        }

        Limits any = new(dummy, ServedModel.Load("dynamic"));
        await Assert.That(any.Find(any.Infer, nameLast)).IsNull();
    }

    // Otherwise, with a table published meanwhile, the model that computes could differ from the one that set the limit.
    [Test]
    public async Task ModelThatTheFirstBytesName_IsTheCallsFromThereOn()
    {
        Servable dummy = ServedModel.Load("dummy");
        Limits limits = new(dummy);
        GrpcCall call = limits.Begin(limits.Infer);
        using NativeBuffer bytes = Payload.Of(InferRequests.Dummy().ToByteArray());
        limits.Limit.Find(call, bytes);

        dummy.Retire();
        await Assert.That(call.Model!.Servable).IsEqualTo(dummy);
        await Assert.That(dummy.Drained.IsCompleted).IsFalse();
        call.Dispose();
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

    private sealed class Limits
    {
        private readonly Recycled<GrpcCall> _calls = new(static home => new GrpcCall(home, new WaitingCalls()));

        public Limits(params Servable[] servables)
        {
            ServableRegistry registry = new(new Drain());
            registry.Publish(ServedModel.Table(servables));
            ModelCalls calls = TestCalls.Of(registry);
            (Infer, Predict) = (KServeBinding.Infer(calls), TfsBinding.Predict(calls));
            Limit = new UnpackedLimit(new ModelOpening(calls), registry);
        }

        public InferApi Infer { get; }

        public InferApi Predict { get; }

        public UnpackedLimit Limit { get; }

        public GrpcCall Begin(InferApi api)
        {
            GrpcCall call = _calls.Rent();
            call.Begin(new DefaultHttpContext(), api, new RequestMemory(1 << 20, "quota"));
            return call;
        }

        public long? Find(InferApi api, byte[] begin)
        {
            using NativeBuffer bytes = Payload.Of(begin);
            using GrpcCall call = Begin(api);
            return Limit.Find(call, bytes);
        }
    }
}
