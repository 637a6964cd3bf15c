using Grpc.Core;
using Ovms.Frontends.Grpc.Binding;
using Ovms.Frontends.Grpc.Protos.TensorFlowServing;
using Ovms.Inference;
using Ovms.Inference.Messages;

namespace Ovms.Frontends.Grpc.TensorFlow;

/// <summary>
/// Binds the TensorFlow Serving calls of this server by name; <see cref="InferEndpoint"/> handles Predict. The framework answers Classify,
/// Regress, MultiInference and HandleReloadConfigRequest with UNIMPLEMENTED, as the original does.
/// </summary>
internal static class TfsBinding
{
    /// <summary>Full name of the service for inference and metadata.</summary>
    public const string PredictionService = "tensorflow.serving.PredictionService";

    /// <summary>Full name of the service for model status.</summary>
    public const string ModelService = "tensorflow.serving.ModelService";

    /// <summary>The inference call, which does not go through the framework.</summary>
    /// <param name="calls">Holds the pool of messages.</param>
    public static InferApi Predict(ModelCalls calls) => new(
        $"/{PredictionService}/Predict",
        CallOrigin.TensorFlowServingGrpc,
        calls.Messages,
        PredictRequestReader.Read,
        PredictRequestReader.Peek,
        static home => new PredictResponse(home));

    /// <summary>Binds the metadata call.</summary>
    public static void BindPrediction(ServiceBinderBase binder, TfsPredictionService service)
    {
        UnaryCalls.Add(binder, PredictionService, "GetModelMetadata", GetModelMetadataRequest.Parser, service.GetModelMetadata);
    }

    /// <summary>Binds the status call.</summary>
    public static void BindModels(ServiceBinderBase binder, TfsModelService service) =>
        UnaryCalls.Add(binder, ModelService, "GetModelStatus", GetModelStatusRequest.Parser, service.GetModelStatus);
}
