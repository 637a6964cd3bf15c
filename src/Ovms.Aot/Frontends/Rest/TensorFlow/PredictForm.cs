using System.Diagnostics;
using Ovms.Frontends.Rest.Body;
using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Serving.Signatures;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.TensorFlow;

/// <summary>TensorFlow Serving: JSON in rows or columns.</summary>
internal sealed class PredictForm : InferForm
{
    /// <inheritdoc/>
    public override CallOrigin Origin => CallOrigin.TensorFlowServingRest;

    /// <inheritdoc/>
    public override ValueTask<Outcome<InferDocument>> ReadAsync(
        HttpRequest request, InferMessage message, Signature signature, BodyBounds bounds, CancellationToken cancellation)
    {
        InferDocument document = new(message) { Budget = bounds.Share };
        return CodedBody.ReadAsync(request, document, signature, bounds, body => ReadAsync(document, signature, body, cancellation));
    }

    /// <inheritdoc/>
    public override int EstimateLength(InferDocument document, ModelCall call) => PredictionWriter.EstimateLength(call.Outputs);

    /// <inheritdoc/>
    public override Outcome Write(NativeBuffer answer, InferDocument document, ModelCall call, out int? jsonLength)
    {
        jsonLength = null;
        return PredictionWriter.Write(answer, call.Outputs, document.IsRowFormat);
    }

    private static async ValueTask<Outcome> ReadAsync(
        InferDocument document, Signature signature, RequestBody body, CancellationToken cancellation)
    {
        using NativeBuffer json = new(0, document.Budget);
        Outcome<long> came = await body.ReadAsync(json, long.MaxValue, cancellation).ConfigureAwait(false);
        document.Message.Received = Stopwatch.GetTimestamp();
        Outcome read = came.IsOk ? PredictBodyReader.Read(json.Bytes, signature, document) : came.WithoutValue;
        document.Budget?.Release(json.Capacity);
        return read;
    }
}
