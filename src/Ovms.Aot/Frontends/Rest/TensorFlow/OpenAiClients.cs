namespace Ovms.Frontends.Rest.TensorFlow;

/// <summary>
/// Tells clients of OpenAI's API from those of TensorFlow Serving where both use one path. Each parses strictly what it knows: an answer
/// with the members of both breaks Google's JSON parser for protobuf.
/// </summary>
internal static class OpenAiClients
{
    /// <summary>The headers that decide, for caches.</summary>
    public const string DecidingHeaders = "Accept, User-Agent";

    private const string Mark = "openai";

    /// <summary>
    /// Whether OpenAI's form is asked for: <c>openai</c> is in the User-Agent, as in <c>OpenAI/Python 2.1.0</c> and
    /// <c>AsyncOpenAI/Python 2.1.0</c>, or in a media type of Accept, as in <c>application/vnd.openai+json</c>.
    /// </summary>
    public static bool Ask(HttpRequest request) => Has(request.Headers.UserAgent) || Has(request.Headers.Accept);

    private static bool Has(string? header) => header?.Contains(Mark, StringComparison.OrdinalIgnoreCase) == true;
}
