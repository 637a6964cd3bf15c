using Ovms.Frontends.Grpc.Binding;
using Ovms.Frontends.Grpc.KServe;
using Ovms.Frontends.Grpc.TensorFlow;
using Ovms.Inference;
using Ovms.Tensors;

namespace Ovms.Tests.Frontends.Grpc;

/// <summary>What reads requests of both APIs, without a server around it.</summary>
internal static class Readers
{
    private static readonly Recycled<InferMessage> s_messages = new(static home => new InferMessage(home));

    public static InferMessageReader KServe { get; } = new(s_messages);

    public static PredictRequestReader Predict { get; } = new(s_messages);

    /// <summary>KServe first.</summary>
    public static InferApi[] Apis { get; } =
    [
        new("/inference.GRPCInferenceService/ModelInfer", KServe.Read, PackedBound.PeekModelInfer, static home => new InferResponse(home)),
        new("/tensorflow.serving.PredictionService/Predict", Predict.Read, PackedBound.PeekPredict, static home => new PredictResponse(home)),
    ];
}
