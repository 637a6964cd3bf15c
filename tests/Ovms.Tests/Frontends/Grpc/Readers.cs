using Ovms.Frontends.Grpc.Binding;
using Ovms.Frontends.Grpc.KServe;
using Ovms.Frontends.Grpc.TensorFlow;
using Ovms.Inference;
using Ovms.Serving.Draining;
using Ovms.Serving.Table;
using Ovms.Tests.Inference;

namespace Ovms.Tests.Frontends.Grpc;

/// <summary>Parsers of both APIs' requests, without a server.</summary>
internal static class Readers
{
    private static readonly ServableRegistry s_registry = new(new Drain());
    private static readonly ModelCalls s_calls = TestCalls.Of(s_registry);

    /// <summary>KServe first.</summary>
    public static InferApi[] Apis { get; } =
    [
        KServeBinding.Infer(s_calls),
        TfsBinding.Predict(s_calls),
    ];

    public static InferApi KServe => Apis[0];

    public static InferApi Predict => Apis[1];
}
