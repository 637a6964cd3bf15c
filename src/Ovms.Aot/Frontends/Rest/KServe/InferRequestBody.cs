using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Primitives;
using Ovms.Frontends.Rest.Body;
using Ovms.Inference.Messages;
using Ovms.Serving.Signatures;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.KServe;

/// <summary>Reads the body of an inference request: JSON, JSON followed by tensors, or one tensor alone.</summary>
internal static class InferRequestBody
{
    /// <summary>Reads and parses the whole body.</summary>
    /// <param name="request">The HTTP request with its body.</param>
    /// <param name="message">An empty message; the document owns it, and after an error it is disposed.</param>
    /// <param name="signature">The model's inputs, for a body that does not name them.</param>
    /// <param name="bounds">The limits of the body.</param>
    /// <param name="cancellation">Cancelled when the caller disconnects.</param>
    /// <returns>A document that the caller owns, or what is wrong with the request.</returns>
    public static async ValueTask<Outcome<InferDocument>> ReadAsync(
        HttpRequest request, InferMessage message, Signature signature, BodyBounds bounds, CancellationToken cancellation)
    {
        Outcome<long?> jsonLength = ReadLength(request.Headers[InferRoute.LengthHeader]);
        if (!jsonLength.IsOk)
        {
            message.Dispose();
            return jsonLength.WithoutValue;
        }

        long? plainLength = RequestCoding.IsIdentity(request.Headers.ContentEncoding) ? request.ContentLength : null;
        if (jsonLength.Value > plainLength)
        {
            message.Dispose();
            return Exceeded(jsonLength.Value.Value, plainLength.Value);
        }

        InferDocument document = new(message) { Budget = bounds.Share };
        return await CodedBody.ReadAsync(request, document, signature, bounds, body => jsonLength.Value == 0
            ? RawRequest.ReadAsync(signature, document, body, cancellation)
            : ReadJsonAsync(document, body, jsonLength.Value, cancellation)).ConfigureAwait(false);
    }

    /// <summary>Parses the header's value, which has only digits; null without the header.</summary>
    internal static Outcome<long?> ReadLength(StringValues header)
    {
        if (header.Count == 0)
        {
            return (long?)null;
        }

        return long.TryParse(header.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out long length)
            ? (long?)length
            : Outcome.Fail(
                StatusCode.RestInferenceHeaderContentLengthInvalid,
                $"Expected: the length of the JSON in bytes; Actual: {Shown.Bounded(header.ToString())}");
    }

    private static async ValueTask<Outcome> ReadJsonAsync(
        InferDocument document, RequestBody body, long? jsonLength, CancellationToken cancellation)
    {
        using NativeBuffer json = new(0, document.Budget);
        Outcome<long> came = await body.ReadAsync(json, jsonLength ?? long.MaxValue, cancellation).ConfigureAwait(false);
        if (!came.IsOk)
        {
            return came.WithoutValue;
        }

        if (came.Value < jsonLength)
        {
            return Exceeded(jsonLength.Value, came.Value);
        }

        document.Message.Received = Stopwatch.GetTimestamp();
        Outcome read = InferRequestReader.Read(json.Bytes, jsonLength is not null, document);
        if (read.IsOk)
        {
            read = BinaryTail.Resolve(document);
        }

        document.Budget?.Release(json.Capacity);
        json.Dispose();
        if (!read.IsOk || jsonLength is null)
        {
            return read;
        }

        read = await BinaryTail.ReadAsync(document, body, cancellation).ConfigureAwait(false);
        document.Message.Received = Stopwatch.GetTimestamp();
        return read;
    }

    private static Outcome Exceeded(long claimed, long actual) =>
        Outcome.Fail(StatusCode.RestInferenceHeaderContentLengthExceeded, $"{InferRoute.LengthHeader}: {claimed}; Body: {actual} bytes");
}
