using Ovms.Serving.Draining;
using Ovms.Serving.Table;

namespace Ovms.Frontends.Rest.OpenAi;

/// <summary>The routes of the OpenAI API for text.</summary>
internal static class OpenAiRoutes
{
    // The last one is the original's too, from before it had /v1.
    private static readonly string[] s_prefixes = ["/v3", "/v1", "/v3/v1"];

    /// <summary>All routes.</summary>
    /// <param name="settings">The options of the front end.</param>
    /// <param name="registry">The models.</param>
    /// <param name="drain">The end of serving.</param>
    /// <param name="counts">Counts calls to models that cannot be leased.</param>
    public static IEnumerable<RestRoute> All(RestSettings settings, ServableRegistry registry, Drain drain, CallCounts counts)
    {
        TextRoute route = new(settings, registry, drain, counts);
        return s_prefixes.SelectMany(prefix => new[]
        {
            new RestRoute($"{prefix}/chat/completions", RestVerb.Post, (context, _) => route.GenerateAsync(context, ChatAsync)),
            new RestRoute($"{prefix}/completions", RestVerb.Post, (context, _) => route.GenerateAsync(context, CompletionsAsync)),
            new RestRoute($"{prefix}/tokenize", RestVerb.Post, (context, _) => route.HandleAsync(context, TokenizeRequest.AnswerAsync)),
            new RestRoute($"{prefix}/detokenize", RestVerb.Post, (context, _) => route.HandleAsync(context, DetokenizeRequest.AnswerAsync)),
        });
    }

    private static Task ChatAsync(TextExchange exchange) =>
        exchange.GenerateAsync(
            static (fields, settings) => ChatRequest.Read(fields, TextLimits.Of(settings)),
            TextStart.ChatAsync,
            static call => new ChatForm(call));

    private static Task CompletionsAsync(TextExchange exchange) =>
        exchange.GenerateAsync(
            static (fields, settings) => CompletionRequest.Read(fields, TextLimits.Of(settings)),
            TextStart.CompletionAsync,
            static call => new CompletionForm(call));
}
