using Google.Protobuf;
using Grpc.Core;
using Ovms.Frontends.Grpc.Protos.TensorFlow;
using Ovms.Frontends.Grpc.Protos.TensorFlowServing;
using Ovms.Frontends.Grpc.TensorFlow;
using Ovms.Tests.Serving.Sequences;
using Answer = Ovms.Frontends.Grpc.Protos.TensorFlowServing.PredictResponse;
using CallStatus = Grpc.Core.Status;
using Client = Ovms.Frontends.Grpc.Protos.TensorFlowServing.PredictionService.PredictionServiceClient;

namespace Ovms.Tests.Frontends.Grpc;

/// <summary>
/// Sequences over TensorFlow Serving's Predict: requests name them and responses return their ids in tensors, as in the original.
/// </summary>
public sealed class TfsSequenceTests
{
    [Test]
    public async Task SequenceThatTheServerNames_GoesOnUnderItsId()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(Accumulator.Serve());
        Client client = new(server.Channel);
        Answer first = await client.PredictAsync(Add(1, control: 1));
        TensorProto told = first.Outputs["sequence_id"];
        await Assert.That(told.Dtype).IsEqualTo(DataType.DtUint64);
        await Assert.That(first.Shape("sequence_id")).IsEquivalentTo([1L]);
        ulong id = told.Uint64Val.Single();
        Answer last = await client.PredictAsync(Add(2, id, control: 2));
        await Assert.That(last.Values<float>("sum")).IsEquivalentTo([3f]);
        await Assert.That(last.Outputs["sequence_id"].Uint64Val.Single()).IsEqualTo(id);
        CallStatus gone = await Refusals.Of(client.PredictAsync(Add(1, id)));
        await Assert.That(gone.StatusCode).IsEqualTo(StatusCode.NotFound);
    }

    [Test]
    public async Task ContentAsBytes_AndTheIdInTheFilter_AreTakenToo()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(Accumulator.Serve());
        PredictRequest request = Add(4);
        request.Inputs["sequence_id"] = TfsRequests.Content(DataType.DtUint64, [1], ulong.MaxValue);
        request.Inputs["sequence_control_input"] = TfsRequests.Content(DataType.DtUint32, [1], 1u);
        request.OutputFilter.Add(["sequence_id", "sum"]);
        Answer answer = await new Client(server.Channel).PredictAsync(request);
        await Assert.That(answer.Outputs["sequence_id"].Uint64Val.Single()).IsEqualTo(ulong.MaxValue);
        await Assert.That(answer.Values<float>("sum")).IsEquivalentTo([4f]);
    }

    [Test]
    public async Task WrongTensors_AreToldInTheOriginalsWords()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(Accumulator.Serve());
        Client client = new(server.Channel);
        PredictRequest badId = Add(1);
        badId.Inputs["sequence_id"] = TfsRequests.Content(DataType.DtInt64, [1], 1L);
        PredictRequest noShape = Add(1);
        noShape.Inputs["sequence_id"] = TfsRequests.Content(DataType.DtUint64, [], 1UL);
        foreach ((PredictRequest request, string text) in ((PredictRequest, string)[])
            [
                (Add(1), "Sequence ID has not been provided in request inputs"),
                (Add(1, 1, control: 3), "Unexpected value of sequence control input"),
                (badId, "Could not find sequence id in expected tensor proto field uint64_val"),
                (noShape, "Special input proto does not contain tensor shape information"),
            ])
        {
            CallStatus refused = await Refusals.Of(client.PredictAsync(request));
            await Assert.That(refused.StatusCode).IsEqualTo(StatusCode.InvalidArgument);
            await Assert.That(refused.Detail).StartsWith(text);
        }
    }

    [Test]
    public async Task AnswersBytes_AreWhatTheReferenceWouldWrite()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(Accumulator.Serve());
        byte[] answer = await server.CallAsync(TfsBinding.PredictionService, "Predict", Add(1, 300, control: 1).ToByteArray());
        await Assert.That(Answer.Parser.ParseFrom(answer).CalculateSize()).IsEqualTo(answer.Length);
    }

    private static PredictRequest Add(float value, ulong? id = null, uint? control = null)
    {
        PredictRequest request = TfsRequests.For("accumulator");
        request.Inputs["x"] = TfsRequests.Content(DataType.DtFloat, [1, 1], value);
        if (id is { } number)
        {
            request.Inputs["sequence_id"] = TfsRequests.Tensor(DataType.DtUint64, 1);
            request.Inputs["sequence_id"].Uint64Val.Add(number);
        }

        if (control is { } wish)
        {
            request.Inputs["sequence_control_input"] = TfsRequests.Tensor(DataType.DtUint32, 1);
            request.Inputs["sequence_control_input"].Uint32Val.Add(wish);
        }

        return request;
    }
}
