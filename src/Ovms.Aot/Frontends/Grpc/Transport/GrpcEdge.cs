using System.Buffers;
using System.Globalization;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Ovms.Status;
using CallStatusCode = Grpc.Core.StatusCode;
using GrpcStatus = Grpc.Core.Status;
using StatusCode = Ovms.Status.StatusCode;

namespace Ovms.Frontends.Grpc.Transport;

/// <summary>Converts outcomes into gRPC statuses; the only place that does.</summary>
internal static class GrpcEdge
{
    /// <summary>
    /// The most bytes of a status message, percent-encoded as in the trailer: clients reject trailers of more than 8 KiB.
    /// </summary>
    public const int MaxTextLength = 4096;

    /// <summary>The media type of requests and responses.</summary>
    public const string ContentType = "application/grpc";

    /// <summary>The field of a call's status.</summary>
    public const string StatusHeader = "grpc-status";

    private const string MessageHeader = "grpc-message";
    private const string Ellipsis = "...";

    private static readonly SearchValues<char> s_plain =
        SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(static c => (char)c).Where(static c => c != '%')]);

    /// <summary>
    /// Whether a request's media type is gRPC's, which may name the format of messages after a plus sign; parameters may follow.
    /// </summary>
    public static bool IsGrpc(ReadOnlySpan<char> type) =>
        type.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase)
        && (type.Length == ContentType.Length || type[ContentType.Length] is '+' or ';');

    /// <summary>The exception that ends a call with an outcome's status and text.</summary>
    public static RpcException ToException(Outcome failure) => new(ToStatus(failure));

    /// <summary>Converts an outcome into a status, with its text cut to fit a trailer.</summary>
    public static GrpcStatus ToStatus(Outcome failure) => new(failure.Code.ToGrpc(), Bounded(failure.Text));

    /// <summary>Answers a call with a status only. Nothing may have been written before.</summary>
    public static void Answer(HttpContext call, GrpcStatus status)
    {
        call.Response.ContentType = ContentType;
        call.Response.Headers[StatusHeader] = ((int)status.StatusCode).ToString(CultureInfo.InvariantCulture);
        call.Response.Headers[MessageHeader] = Encode(status.Detail);
    }

    /// <summary>Ends a call of which messages may be written already.</summary>
    public static void End(HttpContext call, GrpcStatus status)
    {
        if (call.Response.ContentType is null)
        {
            Answer(call, status);
            return;
        }

        call.Response.AppendTrailer(StatusHeader, ((int)status.StatusCode).ToString(CultureInfo.InvariantCulture));
        if (status.StatusCode != CallStatusCode.OK)
        {
            call.Response.AppendTrailer(MessageHeader, Encode(status.Detail));
        }
    }

    /// <summary>The status of a call that threw an exception.</summary>
    /// <param name="exception">The exception.</param>
    /// <param name="isCancelled">Whether the call was cancelled.</param>
    public static GrpcStatus StatusOf(Exception exception, bool isCancelled) => exception switch
    {
        RpcException meant => meant.Status,
        InvalidProtocolBufferException or InvalidDataException => ToStatus(Outcome.Fail(StatusCode.MalformedMessage, exception.Message)),
        OvmsException failure => ToStatus(failure.Outcome),
        OutOfMemoryException => ToStatus(Outcome.Fail(StatusCode.OutOfMemory, exception.Message)),

        // An IOException: the connection broke, so no caller sees the status.
        _ when isCancelled || exception is IOException => ToStatus(Outcome.Fail(StatusCode.Cancelled)),
        _ => ToStatus(Outcome.Fail(StatusCode.InternalError, exception.Message)),
    };

    /// <summary>Whether the server is at fault for the status.</summary>
    public static bool IsOurs(GrpcStatus status, Exception? exception) =>
        status.StatusCode is CallStatusCode.Internal or CallStatusCode.Unknown || exception is OutOfMemoryException;

    /// <summary>Encodes a text for a trailer: everything but printable ASCII is percent-encoded.</summary>
    public static string Encode(string text)
    {
        if (!text.AsSpan().ContainsAnyExcept(s_plain))
        {
            return text;
        }

        StringBuilder encoded = new(text.Length + 16);
        foreach (byte unit in Encoding.UTF8.GetBytes(text))
        {
            _ = s_plain.Contains((char)unit) ? encoded.Append((char)unit) : encoded.Append(CultureInfo.InvariantCulture, $"%{unit:X2}");
        }

        return encoded.ToString();
    }

    /// <summary>Cuts a text to fit a trailer.</summary>
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
