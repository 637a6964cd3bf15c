using Grpc.Core;
using Ovms.Frontends.Grpc.Binding;
using Ovms.Frontends.Grpc.Protos.TensorFlowServing;
using Ovms.Inference;
using Ovms.Inference.Messages;

namespace Ovms.Frontends.Grpc.TensorFlow;

/// <summary>
/// Names the calls of TensorFlow Serving that this server answers; Predict goes through <see cref="InferEndpoint"/>. Classify, Regress,
/// MultiInference and HandleReloadConfigRequest are not among them and answer UNIMPLEMENTED by the framework, as in the original.
/// </summary>
internal static class TfsBinding
{
    /// <summary>The full name of the service that infers.</summary>
    public const string PredictionService = "tensorflow.serving.PredictionService";

    /// <summary>The full name of the service about the life of models.</summary>
    public const string ModelService = "tensorflow.serving.ModelService";

    /// <summary>Inference, which does not go through the framework.</summary>
    /// <param name="calls">Has the messages that calls use.</param>
    /// <param name="packed">Bounds what its requests may become.</param>
    public static InferApi Predict(ModelCalls calls, PackedBound packed) => new(
        $"/{PredictionService}/Predict",
        CallOrigin.TensorFlowServingGrpc,
        calls.Messages,
        PredictRequestReader.Read,
        (end, begin) => packed.TryOpen(end, CallOrigin.TensorFlowServingGrpc, PredictRequestReader.Peek, begin),
        (end, begin) => packed.Find(end, CallOrigin.TensorFlowServingGrpc, PredictRequestReader.Peek, begin),
        static home => new PredictResponse(home));

    /// <summary>Binds metadata.</summary>
    public static void BindPrediction(ServiceBinderBase binder, TfsPredictionService service)
    {
        UnaryCalls.Add(binder, PredictionService, "GetModelMetadata", GetModelMetadataRequest.Parser, service.GetModelMetadata);
    }

    /// <summary>Binds the status of models.</summary>
    public static void BindModels(ServiceBinderBase binder, TfsModelService service) =>
        UnaryCalls.Add(binder, ModelService, "GetModelStatus", GetModelStatusRequest.Parser, service.GetModelStatus);
}
