using Ovms.Frontends.Rest.Body;
using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Serving.Signatures;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest;

/// <summary>How an API encodes inferences in HTTP, for <see cref="InferRoute"/>.</summary>
internal abstract class InferForm
{
    /// <summary>The API, as calls name their origin.</summary>
    public abstract CallOrigin Origin { get; }

    /// <summary>Reads and parses a request.</summary>
    /// <param name="request">The HTTP request with its body.</param>
    /// <param name="message">An empty message; the document owns it, and after an error it is disposed.</param>
    /// <param name="signature">The model's inputs, for what the request leaves out.</param>
    /// <param name="bounds">The limits of the body.</param>
    /// <param name="cancellation">Cancelled when the caller disconnects.</param>
    /// <returns>A document that the caller owns, or what is wrong with the request.</returns>
    public abstract ValueTask<Outcome<InferDocument>> ReadAsync(
        HttpRequest request, InferMessage message, Signature signature, BodyBounds bounds, CancellationToken cancellation);

    /// <summary>Estimates the bytes of the response.</summary>
    public abstract int EstimateLength(InferDocument document, ModelCall call);

    /// <summary>Writes the whole response body.</summary>
    /// <param name="answer">Receives the body; incomplete after a failure.</param>
    /// <param name="document">The request.</param>
    /// <param name="call">The call, which has run.</param>
    /// <param name="jsonLength">Length of the JSON where bytes follow it; else null.</param>
    public abstract Outcome Write(NativeBuffer answer, InferDocument document, ModelCall call, out int? jsonLength);
}
