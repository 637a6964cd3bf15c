using System.Text.Json;
using Ovms.Language.Sampling;

namespace Ovms.Frontends.Rest.OpenAi;

/// <summary>A request of completions, checked in the original's order and with its texts.</summary>
internal sealed record CompletionRequest
{
    /// <summary>The fields that chat has too.</summary>
    public required SamplingFields Sampling { get; init; }

    /// <summary>The prompts; at least one.</summary>
    public required Prompt[] Prompts { get; init; }

    /// <summary>Alternatives of each token wanted, 0 to 20; -1 = no log-probabilities.</summary>
    public required int LogProbs { get; init; }

    /// <summary>Whether the answer begins with the prompt.</summary>
    public required bool Echoes { get; init; }

    /// <summary>Most tokens of an answer, 0 if the prompt is only scored; null = no limit given.</summary>
    public required long? MaxTokens { get; init; }

    /// <summary>Reads and checks a request.</summary>
    /// <param name="fields">The request; receives the first fault.</param>
    /// <param name="limits">The model's limits.</param>
    /// <returns>The request; only valid if <paramref name="fields"/> has no fault.</returns>
    public static CompletionRequest Read(RequestFields fields, TextLimits limits)
    {
        SamplingFields sampling = SamplingFields.Read(fields, limits);
        UnservedFields.RefuseAudio(fields);
        Prompt[] prompts = Prompt.ReadAll(fields, "prompt", count => limits.CheckSequences(fields, count, sampling.Answers));
        int logProbs = ReadLogProbs(fields);
        bool echoes = fields.Flag("echo", "echo accepts values true or false");
        RefuseSuffix(fields);
        limits.CheckTokens(fields, "max_tokens", sampling.MaxTokens, echoes ? 0 : 1);
        UnservedFields.RefuseFormat(fields);
        UnservedFields.RefuseChoice(fields);
        return new CompletionRequest
        {
            Sampling = sampling,
            Prompts = prompts,
            LogProbs = logProbs,
            Echoes = echoes,
            MaxTokens = sampling.MaxTokens,
        };
    }

    // A text that the answer must lead to: ignored, it would give another answer than was asked for.
    private static void RefuseSuffix(RequestFields fields)
    {
        if (fields.TryGet("suffix", out JsonElement suffix) && !(suffix.ValueKind == JsonValueKind.String && suffix.ValueEquals("")))
        {
            fields.Fail("suffix is not served: an answer continues its prompt and knows no text after it; leave it out");
        }
    }

    // true is 1, as for clients of the chat form.
    private static int ReadLogProbs(RequestFields fields)
    {
        if (!fields.TryGet("logprobs", out JsonElement value) || value.ValueKind == JsonValueKind.False)
        {
            return -1;
        }

        if (value.ValueKind == JsonValueKind.True)
        {
            return 1;
        }

        long? given = fields.Unsigned("logprobs");
        if (given > SamplingRules.MostLogProbs)
        {
            fields.Fail($"logprobs out of range(0, {SamplingRules.MostLogProbs})");
        }

        return (int)Math.Min(given ?? -1, SamplingRules.MostLogProbs);
    }
}
