using System.Text.Json;
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
        RefuseAudio(fields);
        ChatMessages messages = ChatMessages.Read(fields);
        int logProbs = ReadLogProbs(fields);
        long? maxCompletion = fields.Unsigned("max_completion_tokens");
        (string name, long? maxTokens) =
            maxCompletion is null ? ("max_tokens", sampling.MaxTokens) : ("max_completion_tokens", maxCompletion);
        limits.CheckTokens(fields, name, maxTokens);
        RefuseFormat(fields);
        limits.CheckSequences(fields, 1, sampling.Answers);
        return new ChatRequest { Sampling = sampling, Messages = messages, LogProbs = logProbs, MaxTokens = maxTokens };
    }

    private static int ReadLogProbs(RequestFields fields)
    {
        bool wanted = fields.Flag("logprobs", "logprobs accepts values true or false");
        long? top = fields.Unsigned("top_logprobs");
        if (top is { } && !wanted)
        {
            fields.Fail("top_logprobs is given without logprobs: true");
        }
        else if (top > SamplingRules.MostLogProbs)
        {
            fields.Fail($"top_logprobs out of range(0, {SamplingRules.MostLogProbs})");
        }

        return wanted && fields.Fault.IsOk ? (int)(top ?? 0) : -1;
    }

    private static void RefuseAudio(RequestFields fields)
    {
        if (fields.TryGet("modalities", out JsonElement modalities))
        {
            bool isText = modalities.ValueKind == JsonValueKind.Array
                && modalities.GetArrayLength() == 1
                && modalities[0].ValueKind == JsonValueKind.String
                && modalities[0].ValueEquals("text");
            if (!isText)
            {
                fields.Fail("modalities: this model answers with text only; expected: [\"text\"]");
            }
        }

        if (fields.Has("audio"))
        {
            fields.Fail("audio: this model answers with text only; leave the field out");
        }
    }

    // Refused rather than ignored: an answer that does not keep the format would break its reader.
    private static void RefuseFormat(RequestFields fields)
    {
        if (!fields.TryGet("response_format", out JsonElement format))
        {
            return;
        }

        if (format.ValueKind != JsonValueKind.Object)
        {
            fields.Fail("response_format is not an object");
        }
        else if (!format.TryGetProperty("type", out JsonElement type) || type.ValueKind != JsonValueKind.String)
        {
            fields.Fail("response_format.type is not a string");
        }
        else if (!type.ValueEquals("text"))
        {
            fields.Fail($"response_format {Status.Shown.Bounded(type.GetString()!)} is not served yet; only text is");
        }
    }
}
