using System.Text;
using Grpc.Core;
using Ovms.Status;
using GrpcStatus = Grpc.Core.Status;

namespace Ovms.Frontends.Grpc;

/// <summary>Turns the server's outcomes into gRPC statuses; the only place that does.</summary>
internal static class GrpcEdge
{
    /// <summary>
    /// Bytes of a status message as it travels, percent-encoded in a trailer: clients refuse trailers of more than 8 KiB.
    /// </summary>
    public const int MaxTextLength = 4096;

    private const string Ellipsis = "...";

    /// <summary>The exception that ends a call with an outcome's status and text.</summary>
    public static RpcException ToException(Outcome failure) =>
        new(new GrpcStatus(failure.Code.ToGrpc(), Bounded(failure.Text)));

    /// <summary>Cuts a text so that it fits its trailer.</summary>
    public static string Bounded(string text)
    {
        int encoded = 0;
        int kept = 0;
        int length = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            encoded += rune.Value is >= 0x20 and < 0x7F and not '%' ? 1 : 3 * rune.Utf8SequenceLength;
            length += rune.Utf16SequenceLength;
            if (encoded > MaxTextLength)
            {
                return string.Concat(text.AsSpan(0, kept), Ellipsis);
            }

            if (encoded <= MaxTextLength - Ellipsis.Length)
            {
                kept = length;
            }
        }

        return text;
    }
}
