namespace Ovms.Inference;

/// <summary>Which API and which transport a call came through.</summary>
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
}
