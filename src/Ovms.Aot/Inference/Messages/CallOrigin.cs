using System.Diagnostics;
using Ovms.Observability.Metrics;

namespace Ovms.Inference.Messages;

/// <summary>The API and transport of a call.</summary>
internal enum CallOrigin
{
    /// <summary>KServe over gRPC.</summary>
    KServeGrpc,

    /// <summary>KServe over REST.</summary>
    KServeRest,

    /// <summary>TensorFlow Serving over gRPC.</summary>
    TensorFlowServingGrpc,

    /// <summary>TensorFlow Serving over REST.</summary>
    TensorFlowServingRest,

    /// <summary>A servable that is composed of others. It is not counted as a request of the model.</summary>
    Composed,
}

/// <summary>Extensions of <see cref="CallOrigin"/>.</summary>
internal static class CallOrigins
{
    /// <summary>The kind under which an inference of this origin is counted.</summary>
    public static CallKind InferenceKind(this CallOrigin origin) => origin switch
    {
        CallOrigin.KServeGrpc => CallKind.ModelInferGrpc,
        CallOrigin.KServeRest => CallKind.ModelInferRest,
        CallOrigin.TensorFlowServingGrpc => CallKind.PredictGrpc,
        CallOrigin.TensorFlowServingRest => CallKind.PredictRest,
        _ => throw new UnreachableException(),
    };
}
