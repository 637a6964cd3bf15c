using Ovms.Frontends.Rest.Body;
using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Serving.Signatures;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest;

/// <summary>How an API writes an inference in HTTP: what <see cref="InferRoute"/> needs to know of it.</summary>
internal abstract class InferForm
{
    /// <summary>Where its calls come from.</summary>
    public abstract CallOrigin Origin { get; }

    /// <summary>Reads a request.</summary>
    /// <param name="request">Headers and body.</param>
    /// <param name="message">Empty; owned by the document, or disposed.</param>
    /// <param name="signature">The model's inputs, for what the request leaves to them.</param>
    /// <param name="bounds">What the body may take.</param>
    /// <param name="cancellation">The caller's disconnect.</param>
    /// <returns>A document for the caller to own, or what is wrong with the request.</returns>
    public abstract ValueTask<Outcome<InferDocument>> ReadAsync(HttpRequest request, InferMessage message, Signature signature, BodyBounds bounds, CancellationToken cancellation);

    /// <summary>About how long the answer will be.</summary>
    public abstract int EstimateLength(InferDocument document, ModelCall call);

    /// <summary>Writes the whole answer.</summary>
    /// <param name="answer">Receives it; meaningless after a failure.</param>
    /// <param name="document">The request.</param>
    /// <param name="call">Has run: what is answered.</param>
    /// <param name="jsonLength">Length of the JSON where bytes follow it; null where none do.</param>
    public abstract Outcome Write(NativeBuffer answer, InferDocument document, ModelCall call, out int? jsonLength);
}
