using System.IO.Pipelines;
using Ovms.Serving.Signatures;
using Ovms.Status;

namespace Ovms.Frontends.Rest.Body;

/// <summary>Opens a request's body with any supported content coding, lets an API parse it, and closes it.</summary>
internal static class CodedBody
{
    /// <summary>Fills a document from the body.</summary>
    /// <param name="request">The HTTP request with its body.</param>
    /// <param name="document">The document to fill; disposed after an error.</param>
    /// <param name="signature">The model's inputs and outputs; limits a compressed body.</param>
    /// <param name="bounds">The limits of the body.</param>
    /// <param name="fill">Parses the body into the document.</param>
    /// <returns>The document, owned by the caller, or what is wrong with the request.</returns>
    public static ValueTask<Outcome<TDocument>> ReadAsync<TDocument>(
        HttpRequest request, TDocument document, Signature signature, BodyBounds bounds, Func<RequestBody, ValueTask<Outcome>> fill)
        where TDocument : class, IDisposable => ReadAsync(request, document, bounds, Unpacked(bounds, signature), fill);

    /// <summary>Fills a document from the body.</summary>
    /// <param name="request">The HTTP request with its body.</param>
    /// <param name="document">The document to fill; disposed after an error.</param>
    /// <param name="bounds">The limits of the body.</param>
    /// <param name="unpacked">The limits of a body that comes compressed.</param>
    /// <param name="fill">Parses the body into the document.</param>
    /// <returns>The document, owned by the caller, or what is wrong with the request.</returns>
    public static async ValueTask<Outcome<TDocument>> ReadAsync<TDocument>(
        HttpRequest request, TDocument document, BodyBounds bounds, BodyBounds unpacked, Func<RequestBody, ValueTask<Outcome>> fill)
        where TDocument : class, IDisposable
    {
        Outcome<PipeReader> opened = RequestCoding.Open(request);
        if (!opened.IsOk)
        {
            document.Dispose();
            return opened.WithoutValue;
        }

        bool handedOver = false;
        try
        {
            bool isPlain = opened.Value == request.BodyReader;
            using RequestBody body = new(opened.Value, isPlain ? bounds : unpacked, isPlain ? request.ContentLength : null);
            Outcome read = await fill(body).ConfigureAwait(false);
            handedOver = read.IsOk;
            return read.IsOk ? document : read;
        }
        catch (InvalidDataException broken)
        {
            string coding = Shown.Bounded(request.Headers.ContentEncoding.ToString());
            return Outcome.Fail(StatusCode.MalformedMessage, $"The body is not what Content-Encoding: {coding} says. {broken.Message}");
        }
        finally
        {
            if (!handedOver)
            {
                document.Dispose();
            }

            if (opened.Value != request.BodyReader)
            {
                await opened.Value.CompleteAsync().ConfigureAwait(false);
            }
        }
    }

    // A kilobyte may decompress to a megabyte of blanks, more than a small model's request can have.
    private static BodyBounds Unpacked(BodyBounds bounds, Signature signature) =>
        MessageBound.Json(signature) is { } most && most < bounds.Limit
            ? bounds with
            {
                Limit = most,
                TooLarge = $"The body has more than {most} bytes when decompressed; no request to this model is as long.",
            }
            : bounds;
}
