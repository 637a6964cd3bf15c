using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Ovms.Frontends.Rest;

/// <summary>
/// Tells clients of OpenAI's API from those of TensorFlow Serving where both use one path. Both parse strictly: a response with the
/// members of both would break Google's JSON parser for protobuf.
/// </summary>
internal static class OpenAiClients
{
    /// <summary>The request headers that decide, for the Vary header.</summary>
    public const string DecidingHeaders = "Accept, User-Agent";

    private const string Mark = "openai";

    /// <summary>
    /// Whether a request asks for OpenAI's form: <c>openai</c> occurs in User-Agent (<c>OpenAI/Python 2.1.0</c>, <c>AsyncOpenAI/Python
    /// 2.1.0</c>) or in a type of Accept (<c>application/vnd.openai+json</c>) that the caller does not exclude by <c>q=0</c>.
    /// </summary>
    public static bool Ask(HttpRequest request) => Has(request.Headers.UserAgent) || Accepts(request.Headers.Accept);

    // Nearly no request has the mark: only such a header is parsed.
    private static bool Accepts(StringValues header) => Has(header)
        && MediaTypeHeaderValue.TryParseList(header, out IList<MediaTypeHeaderValue>? types)
        && types.Any(static type => type.Quality != 0 && Has(type.MediaType.Value));

    private static bool Has(string? header) => header?.Contains(Mark, StringComparison.OrdinalIgnoreCase) == true;
}
