using Ovms.Frontends.Rest.Body;
using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Serving.Signatures;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.KServe;

/// <summary>KServe v2: JSON, optionally followed by bytes.</summary>
internal sealed class KServeForm : InferForm
{
    /// <inheritdoc/>
    public override CallOrigin Origin => CallOrigin.KServeRest;

    /// <inheritdoc/>
    public override ValueTask<Outcome<InferDocument>> ReadAsync(
        HttpRequest request, InferMessage message, Signature signature, BodyBounds bounds, CancellationToken cancellation) =>
        InferRequestBody.ReadAsync(request, message, signature, bounds, cancellation);

    /// <inheritdoc/>
    public override int EstimateLength(InferDocument document, ModelCall call) =>
        InferResponseWriter.EstimateLength(call.Message, call.Outputs, document.BinaryOutputs);

    /// <inheritdoc/>
    public override Outcome Write(NativeBuffer answer, InferDocument document, ModelCall call, out int? jsonLength) =>
        InferResponseWriter.Write(
            answer, call.Servable.Id, call.Message, call.Outputs, document.BinaryOutputs, out jsonLength, call.SequenceParameter);
}
