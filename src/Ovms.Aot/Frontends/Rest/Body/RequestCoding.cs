using System.IO.Compression;
using System.IO.Pipelines;
using Microsoft.Extensions.Primitives;
using Ovms.Status;

namespace Ovms.Frontends.Rest.Body;

/// <summary>The body of a request with its content coding taken off while it arrives.</summary>
internal static class RequestCoding
{
    /// <summary>What is read, for a caller who sent something else.</summary>
    public const string Supported = "gzip, deflate";

    private const int DecompressedBlock = 64 << 10;

    /// <summary>Whether the body is sent as it is, so that Content-Length is its length.</summary>
    public static bool IsIdentity(StringValues coding) => StringValues.IsNullOrEmpty(coding) || Is(coding, "identity");

    /// <summary>A reader of the plain bytes; the caller completes it. Reading throws <see cref="InvalidDataException"/> where the coding is broken.</summary>
    public static Outcome<PipeReader> Open(HttpRequest request)
    {
        StringValues coding = request.Headers.ContentEncoding;
        if (IsIdentity(coding))
        {
            return request.BodyReader;
        }

        if (Is(coding, "gzip") || Is(coding, "x-gzip"))
        {
            return Wrap(new GZipStream(request.Body, CompressionMode.Decompress));
        }

        // "deflate" in HTTP is the zlib format around it.
        return Is(coding, "deflate")
            ? Wrap(new ZLibStream(request.Body, CompressionMode.Decompress))
            : Outcome.Fail(StatusCode.RestUnsupportedEncoding, $"Content-Encoding; Expected: {Supported} or none; Actual: {Shown.Bounded(coding.ToString())}");
    }

    private static PipeReader Wrap(Stream plain) => PipeReader.Create(plain, new StreamPipeReaderOptions(bufferSize: DecompressedBlock));

    private static bool Is(StringValues coding, string name) => string.Equals(coding.ToString().Trim(), name, StringComparison.OrdinalIgnoreCase);
}
