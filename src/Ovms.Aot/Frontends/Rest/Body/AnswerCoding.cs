using System.IO.Compression;
using Microsoft.Extensions.Primitives;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.Body;

/// <summary>
/// Compresses an answer for the caller who asks for it: who names one coding and nothing else. HTTP libraries put a list of all they
/// know on every request, and packing a tensor costs more than sending it on the networks that servers stand in.
/// </summary>
internal static class AnswerCoding
{
    // Below this it is one packet either way.
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

    /// <summary>Compresses a whole body; the result is the caller's.</summary>
    public static NativeBuffer Compress(NativeBuffer body, string coding)
    {
        NativeBuffer packed = new(Math.Max(body.Length / 2, WorthIt));
        try
        {
            using Stream sink = new NativeBufferStream(packed);
            using Stream stream = coding == "gzip" ? new GZipStream(sink, CompressionLevel.Fastest) : new ZLibStream(sink, CompressionLevel.Fastest);
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
