using Ovms.Frontends.Grpc.KServe;
using Ovms.Frontends.Grpc.TensorFlow;
using Ovms.Inference;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Grpc.Binding;

/// <summary>One API's form of an inference on the wire.</summary>
/// <param name="Path">Of the call.</param>
/// <param name="Read">Reads a request, which it owns; says by how many bytes it grew meanwhile.</param>
/// <param name="Peek">Finds the model that a request's first bytes name; null where they do not.</param>
/// <param name="Measure">Makes the answer of a result, which stays the caller's.</param>
internal sealed record InferApi(string Path, InferApi.Reader Read, Func<NativeBuffer, (string Name, string Version)?> Peek, Func<InferResult, InferAnswer> Measure)
{
    /// <summary>Reads a request.</summary>
    /// <param name="payload">Owned by the message that was read, or disposed.</param>
    /// <param name="made">Bytes that the request grew by, beyond its own.</param>
    public delegate Outcome<InferMessage> Reader(NativeBuffer payload, out int made);

    /// <summary>Every API.</summary>
    public static InferApi[] All { get; } =
    [
        new($"/{KServeBinding.ServiceName}/ModelInfer", InferMessageReader.Read, PackedBound.PeekModelInfer, InferResponse.Of),
        new($"/{TfsBinding.PredictionService}/Predict", PredictRequestReader.Read, PackedBound.PeekPredict, PredictResponse.Of),
    ];
}
