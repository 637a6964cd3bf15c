using Ovms.Language.Sampling;

namespace Ovms.Frontends.Rest.OpenAi;

/// <summary>A request of chat/completions, checked in the original's order and with its texts.</summary>
internal sealed record ChatRequest
{
    /// <summary>The fields that completions have too.</summary>
    public required SamplingFields Sampling { get; init; }

    /// <summary>The conversation.</summary>
    public required ChatMessages Messages { get; init; }

    /// <summary>Alternatives of each token wanted, 0 to 20; -1 = no log-probabilities.</summary>
    public required int LogProbs { get; init; }

    /// <summary>Most tokens of an answer; null = no limit given.</summary>
    public required long? MaxTokens { get; init; }

    /// <summary>Reads and checks a request.</summary>
    /// <param name="fields">The request; receives the first fault.</param>
    /// <param name="limits">The model's limits.</param>
    /// <returns>The request; only valid if <paramref name="fields"/> has no fault.</returns>
    public static ChatRequest Read(RequestFields fields, TextLimits limits)
    {
        SamplingFields sampling = SamplingFields.Read(fields, limits);
        UnservedFields.RefuseAudio(fields);
        ChatMessages messages = ChatMessages.Read(fields);
        int logProbs = ReadLogProbs(fields);
        long? maxCompletion = fields.Unsigned("max_completion_tokens");
        (string name, long? maxTokens) =
            maxCompletion is null ? ("max_tokens", sampling.MaxTokens) : ("max_completion_tokens", maxCompletion);
        limits.CheckTokens(fields, name, maxTokens);
        UnservedFields.RefuseFormat(fields);
        limits.CheckSequences(fields, 1, sampling.Answers);
        return new ChatRequest { Sampling = sampling, Messages = messages, LogProbs = logProbs, MaxTokens = maxTokens };
    }

    private static int ReadLogProbs(RequestFields fields)
    {
        bool wanted = fields.Flag("logprobs", "logprobs accepts values true or false");
        long? top = fields.Unsigned("top_logprobs");
        if (top > 0 && !wanted)
        {
            fields.Fail("top_logprobs is given without logprobs: true");
        }
        else if (top > SamplingRules.MostLogProbs)
        {
            fields.Fail($"top_logprobs out of range(0, {SamplingRules.MostLogProbs})");
        }

        return wanted && fields.Fault.IsOk ? (int)(top ?? 0) : -1;
    }
}
