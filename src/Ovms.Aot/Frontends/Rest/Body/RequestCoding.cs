using System.IO.Pipelines;
using Microsoft.Extensions.Primitives;
using Ovms.Status;

namespace Ovms.Frontends.Rest.Body;

/// <summary>Decompresses the body of a request as it arrives.</summary>
internal static class RequestCoding
{
    /// <summary>The supported codings, for a caller that sent another one.</summary>
    public const string Supported = "gzip, deflate";

    private const int DecompressedBlock = 64 << 10;

    /// <summary>Whether the body is not compressed, so that Content-Length is its length.</summary>
    public static bool IsIdentity(StringValues coding) => StringValues.IsNullOrEmpty(coding) || Is(coding, "identity");

    /// <summary>
    /// Returns a reader of the decompressed bytes; the caller completes it. Its reads throw <see cref="InvalidDataException"/> for corrupt
    /// data.
    /// </summary>
    public static Outcome<PipeReader> Open(HttpRequest request)
    {
        StringValues coding = request.Headers.ContentEncoding;
        if (IsIdentity(coding))
        {
            return request.BodyReader;
        }

        if (Is(coding, "gzip") || Is(coding, "x-gzip"))
        {
            return Wrap(CheckedDecompression.Gzip(request.Body));
        }

        // "deflate" in HTTP is deflate data in zlib format.
        return Is(coding, "deflate")
            ? Wrap(CheckedDecompression.ZLib(request.Body))
            : Outcome.Fail(
                StatusCode.RestUnsupportedEncoding,
                $"Content-Encoding; Expected: {Supported} or none; Actual: {Shown.Bounded(coding.ToString())}");
    }

    private static PipeReader Wrap(Stream plain) => PipeReader.Create(plain, new StreamPipeReaderOptions(bufferSize: DecompressedBlock));

    private static bool Is(StringValues coding, string name) =>
        string.Equals(coding.ToString().Trim(), name, StringComparison.OrdinalIgnoreCase);
}
