using System.IO.Pipelines;
using Ovms.Serving.Signatures;
using Ovms.Status;

namespace Ovms.Frontends.Rest.Body;

/// <summary>Opens a request's body, whatever its content coding, for a form of inference to read, and closes it.</summary>
internal static class CodedBody
{
    /// <summary>Fills a document from the body.</summary>
    /// <param name="request">Headers and body.</param>
    /// <param name="document">Ends here unless it is given back.</param>
    /// <param name="signature">What the model takes: bounds a body that comes packed.</param>
    /// <param name="bounds">What the body may take.</param>
    /// <param name="fill">Reads the body into the document.</param>
    /// <returns>The document, for the caller to own, or what is wrong with the request.</returns>
    public static async ValueTask<Outcome<TDocument>> ReadAsync<TDocument>(
        HttpRequest request, TDocument document, Signature signature, BodyBounds bounds, Func<RequestBody, ValueTask<Outcome>> fill)
        where TDocument : class, IDisposable
    {
        Outcome<PipeReader> opened = RequestCoding.Open(request);
        if (!opened.IsOk)
        {
            return opened.WithoutValue;
        }

        bool handedOver = false;
        try
        {
            bool isPlain = opened.Value == request.BodyReader;
            using RequestBody body = new(opened.Value, isPlain ? bounds : Unpacked(bounds, signature), isPlain ? request.ContentLength : null);
            Outcome read = await fill(body).ConfigureAwait(false);
            handedOver = read.IsOk;
            return read.IsOk ? document : read;
        }
        catch (InvalidDataException broken)
        {
            return Outcome.Fail(StatusCode.MalformedMessage, $"The body is not what Content-Encoding: {Shown.Bounded(request.Headers.ContentEncoding.ToString())} says. {broken.Message}");
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

    // A kilobyte may unpack to a megabyte of blanks, which a model of ten numbers cannot take.
    private static BodyBounds Unpacked(BodyBounds bounds, Signature signature) => MessageBound.Json(signature) is { } most && most < bounds.Limit
        ? bounds with { Limit = most, TooLarge = $"The body has more than {most} bytes when decompressed; no request to this model is as long." }
        : bounds;
}
