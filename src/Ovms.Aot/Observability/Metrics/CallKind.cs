namespace Ovms.Observability.Metrics;

/// <summary>Method, API and transport of a call: these distinguish the series of the request counters.</summary>
internal enum CallKind
{
    /// <summary>KServe: inference.</summary>
    ModelInferGrpc,

    /// <inheritdoc cref="ModelInferGrpc"/>
    ModelInferRest,

    /// <summary>KServe: a model's inputs and outputs.</summary>
    ModelMetadataGrpc,

    /// <inheritdoc cref="ModelMetadataGrpc"/>
    ModelMetadataRest,

    /// <summary>KServe: whether a model can be called.</summary>
    ModelReadyGrpc,

    /// <inheritdoc cref="ModelReadyGrpc"/>
    ModelReadyRest,

    /// <summary>TensorFlow Serving: inference.</summary>
    PredictGrpc,

    /// <inheritdoc cref="PredictGrpc"/>
    PredictRest,

    /// <summary>TensorFlow Serving: a model's inputs and outputs.</summary>
    GetModelMetadataGrpc,

    /// <inheritdoc cref="GetModelMetadataGrpc"/>
    GetModelMetadataRest,

    /// <summary>TensorFlow Serving: the states of a model's versions.</summary>
    GetModelStatusGrpc,

    /// <inheritdoc cref="GetModelStatusGrpc"/>
    GetModelStatusRest,

    /// <summary>OpenAI: a request for text, answered as a whole.</summary>
    TextUnaryRest,

    /// <summary>OpenAI: a request for text, answered as a stream.</summary>
    TextStreamRest,
}

/// <summary>The label values of a <see cref="CallKind"/>.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Api">Label api.</param>
/// <param name="Method">Label method.</param>
/// <param name="Interface">Label interface.</param>
/// <param name="HasVersion">Whether the series have a version label; the original's have none for queries of a model's state.</param>
/// <param name="IsText">Whether only models that generate text have the series.</param>
internal sealed record CallKindRow(CallKind Kind, string Api, string Method, string Interface, bool HasVersion, bool IsText = false)
{
    /// <summary>Label interface of gRPC.</summary>
    public const string Grpc = "gRPC";

    /// <summary>Label interface of REST.</summary>
    public const string Rest = "REST";

    private const string KServe = "KServe";
    private const string TensorFlowServing = "TensorFlowServing";

    // The original's name, by the path.
    private const string OpenAi = "V3";

    /// <summary>Every row; a kind's number is its index.</summary>
    public static IReadOnlyList<CallKindRow> All { get; } =
    [
        new(CallKind.ModelInferGrpc, KServe, "ModelInfer", Grpc, true),
        new(CallKind.ModelInferRest, KServe, "ModelInfer", Rest, true),
        new(CallKind.ModelMetadataGrpc, KServe, "ModelMetadata", Grpc, true),
        new(CallKind.ModelMetadataRest, KServe, "ModelMetadata", Rest, true),
        new(CallKind.ModelReadyGrpc, KServe, "ModelReady", Grpc, false),
        new(CallKind.ModelReadyRest, KServe, "ModelReady", Rest, false),
        new(CallKind.PredictGrpc, TensorFlowServing, "Predict", Grpc, true),
        new(CallKind.PredictRest, TensorFlowServing, "Predict", Rest, true),
        new(CallKind.GetModelMetadataGrpc, TensorFlowServing, "GetModelMetadata", Grpc, true),
        new(CallKind.GetModelMetadataRest, TensorFlowServing, "GetModelMetadata", Rest, true),
        new(CallKind.GetModelStatusGrpc, TensorFlowServing, "GetModelStatus", Grpc, false),
        new(CallKind.GetModelStatusRest, TensorFlowServing, "GetModelStatus", Rest, false),
        new(CallKind.TextUnaryRest, OpenAi, "Unary", Rest, true, IsText: true),
        new(CallKind.TextStreamRest, OpenAi, "Stream", Rest, true, IsText: true),
    ];

    /// <summary>The row of a kind.</summary>
    public static CallKindRow Of(CallKind kind) => All[(int)kind];
}
