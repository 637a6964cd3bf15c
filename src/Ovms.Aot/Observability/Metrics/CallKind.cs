namespace Ovms.Observability.Metrics;

/// <summary>What a call asks for, by which API, over which transport: what tells the series of the request counters apart.</summary>
internal enum CallKind
{
    /// <summary>KServe: inference.</summary>
    ModelInferGrpc,

    /// <inheritdoc cref="ModelInferGrpc"/>
    ModelInferRest,

    /// <summary>KServe: what a model takes and gives.</summary>
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

    /// <summary>TensorFlow Serving: what a model takes and gives.</summary>
    GetModelMetadataGrpc,

    /// <inheritdoc cref="GetModelMetadataGrpc"/>
    GetModelMetadataRest,

    /// <summary>TensorFlow Serving: the states of a model's versions.</summary>
    GetModelStatusGrpc,

    /// <inheritdoc cref="GetModelStatusGrpc"/>
    GetModelStatusRest,
}

/// <summary>The words for <see cref="CallKind"/>.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Api">Label api.</param>
/// <param name="Method">Label method.</param>
/// <param name="Interface">Label interface.</param>
/// <param name="HasVersion">Whether the series tell versions apart; the original's do not for questions about a model's state.</param>
internal sealed record CallKindRow(CallKind Kind, string Api, string Method, string Interface, bool HasVersion)
{
    /// <summary>Label interface of gRPC.</summary>
    public const string Grpc = "gRPC";

    /// <summary>Label interface of REST.</summary>
    public const string Rest = "REST";

    private const string KServe = "KServe";
    private const string TensorFlowServing = "TensorFlowServing";

    /// <summary>Every row; a kind's number is its place.</summary>
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
    ];

    /// <summary>The row of a kind.</summary>
    public static CallKindRow Of(CallKind kind) => All[(int)kind];
}
