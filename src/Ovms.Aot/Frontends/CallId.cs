using System.Buffers;

namespace Ovms.Frontends;

/// <summary>
/// What a call goes by in the log: what the caller's own tools know it by, so that lines of several services can be put together. Made
/// only when a line is written.
/// </summary>
internal static class CallId
{
    private const string TraceParent = "traceparent";
    private const string RequestId = "x-request-id";
    private const int Longest = 128;

    private static readonly SearchValues<char> s_hex = SearchValues.Create("0123456789abcdef");
    private static readonly SearchValues<char> s_sane = SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Select(static c => (char)c)]);

    /// <summary>The trace's id of W3C's traceparent, else x-request-id, else the id of the request's message, else the connection's own.</summary>
    /// <param name="headers">Of the call.</param>
    /// <param name="messageId">The id that KServe's messages may carry; null for none.</param>
    /// <param name="own">What the server calls it.</param>
    public static string Of(IHeaderDictionary headers, string? messageId, string own) =>
        TraceIdOf(headers[TraceParent].ToString()) ?? Sane(headers[RequestId].ToString()) ?? Sane(messageId) ?? own;

    // version-traceid-parentid-flags; later versions may have more behind it.
    private static string? TraceIdOf(string parent)
    {
        ReadOnlySpan<char> text = parent;
        if (text.Length < 55 || text[2] != '-' || text[35] != '-' || text[52] != '-' || (text.Length > 55 && text[55] != '-'))
        {
            return null;
        }

        ReadOnlySpan<char> trace = text[3..35];
        bool isHex = !text[..2].ContainsAnyExcept(s_hex) && !trace.ContainsAnyExcept(s_hex) && !text[36..52].ContainsAnyExcept(s_hex) && !text[53..55].ContainsAnyExcept(s_hex);
        bool isKnown = !text[..2].SequenceEqual("ff") && (text.Length == 55 || !text[..2].SequenceEqual("00"));
        return isHex && isKnown && trace.ContainsAnyExcept('0') ? trace.ToString() : null;
    }

    // An id that could be mistaken for more of the line, or that is a payload, is none.
    private static string? Sane(string? id) => id is { Length: > 0 and <= Longest } && !id.AsSpan().ContainsAnyExcept(s_sane) ? id : null;
}
