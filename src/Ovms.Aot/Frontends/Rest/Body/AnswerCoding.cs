using System.IO.Compression;
using Microsoft.Extensions.Primitives;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.Body;

/// <summary>
/// Compresses a response for a caller whose Accept-Encoding names exactly one coding. HTTP libraries list all codings that they know in
/// every request. On a server's usual networks, compressing a tensor costs more than sending it.
/// </summary>
internal static class AnswerCoding
{
    // A shorter response is one packet either way.
    private const int WorthIt = 1024;

    /// <summary>The coding to use, or null for none.</summary>
    public static string? Choose(StringValues acceptEncoding, int length) => length < WorthIt
        ? null
        : acceptEncoding.ToString().Trim() switch
        {
            "gzip" => "gzip",
            "deflate" => "deflate",
            _ => null,
        };

    /// <summary>Compresses a whole body; the caller owns the result.</summary>
    public static NativeBuffer Compress(NativeBuffer body, string coding)
    {
        NativeBuffer packed = new(Math.Max(body.Length / 2, WorthIt));
        try
        {
            using Stream sink = new NativeBufferStream(packed);
            using Stream stream = coding == "gzip"
                ? new GZipStream(sink, CompressionLevel.Fastest)
                : new ZLibStream(sink, CompressionLevel.Fastest);
            stream.Write(body.Bytes);
        }
        catch
        {
            packed.Dispose();
            throw;
        }

        return packed;
    }
}
