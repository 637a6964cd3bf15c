using System.Buffers;

namespace Ovms.Frontends;

/// <summary>
/// The id of a call in the log: the one that the caller's own tools use, so that logs of several services can be joined. It is built only
/// when a line is written.
/// </summary>
internal static class CallId
{
    private const string TraceParent = "traceparent";
    private const string RequestId = "x-request-id";
    private const int Longest = 128;

    private static readonly SearchValues<char> s_hex = SearchValues.Create("0123456789abcdef");
    private static readonly SearchValues<char> s_printable =
        SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Select(static c => (char)c)]);

    /// <summary>The trace id of W3C's traceparent; else x-request-id, the message's id, or the server's own id, in this order.</summary>
    /// <param name="headers">The call's request headers.</param>
    /// <param name="messageId">The id that a KServe message may carry; null for none.</param>
    /// <param name="own">The server's own id of the call.</param>
    public static string Of(IHeaderDictionary headers, string? messageId, string own) =>
        TraceIdOf(headers[TraceParent].ToString()) ?? Printable(headers[RequestId].ToString()) ?? Printable(messageId) ?? own;

    // version-traceid-parentid-flags; later versions may append more.
    private static string? TraceIdOf(string parent)
    {
        ReadOnlySpan<char> text = parent;
        if (text.Length < 55 || text[2] != '-' || text[35] != '-' || text[52] != '-' || (text.Length > 55 && text[55] != '-'))
        {
            return null;
        }

        ReadOnlySpan<char> trace = text[3..35];
        bool isHex = !text[..2].ContainsAnyExcept(s_hex)
            && !trace.ContainsAnyExcept(s_hex)
            && !text[36..52].ContainsAnyExcept(s_hex)
            && !text[53..55].ContainsAnyExcept(s_hex);
        bool isKnown = !text[..2].SequenceEqual("ff") && (text.Length == 55 || !text[..2].SequenceEqual("00"));
        return isHex && isKnown && trace.ContainsAnyExcept('0') ? trace.ToString() : null;
    }

    // Ignores an id that could be mistaken for more of the log line, or that is long enough to carry a payload.
    private static string? Printable(string? id) =>
        id is { Length: > 0 and <= Longest } && !id.AsSpan().ContainsAnyExcept(s_printable) ? id : null;
}
