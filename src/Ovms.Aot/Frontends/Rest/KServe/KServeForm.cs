using Ovms.Frontends.Rest.Body;
using Ovms.Inference;
using Ovms.Observability.Metrics;
using Ovms.Serving.Signatures;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.KServe;

/// <summary>KServe v2: JSON, and bytes after it.</summary>
internal sealed class KServeForm : InferForm
{
    /// <inheritdoc/>
    public override CallKind Kind => CallKind.ModelInferRest;

    /// <inheritdoc/>
    public override ValueTask<Outcome<InferDocument>> ReadAsync(HttpRequest request, RestTarget target, Signature signature, BodyBounds bounds, CancellationToken cancellation) =>
        InferRequestBody.ReadAsync(request, target, signature, bounds, cancellation);

    /// <inheritdoc/>
    public override int EstimateLength(InferDocument document, InferResult result) => InferResponseWriter.EstimateLength(result.Message, result.Outputs, document.BinaryOutputs);

    /// <inheritdoc/>
    public override Outcome Write(NativeBuffer answer, InferDocument document, InferResult result, out int? jsonLength) =>
        InferResponseWriter.Write(answer, result.Servable.Id, result.Message, result.Outputs, document.BinaryOutputs, out jsonLength, result.SequenceParameter);
}
