using Ovms.Status;

namespace Ovms.Language.Sampling;

/// <summary>
/// How the tokens of an answer are chosen. The values are applied in this order: minimum of tokens, bias, repetition penalty, presence and
/// frequency penalty; then, unless the choice is greedy, top_k, temperature, min_p and top_p.
/// </summary>
internal sealed record SamplingRules
{
    /// <summary>Most entries of a logit_bias.</summary>
    public const int MostBiases = 1024;

    /// <summary>Most alternatives that log-probabilities are given for.</summary>
    public const int MostLogProbs = 20;

    private const float LargestBias = 100;

    /// <summary>Divides the logits; 0 chooses the most probable token always.</summary>
    public float Temperature { get; init; } = 1;

    /// <summary>Keeps the most probable tokens until their probabilities sum up to more than this; above 0, and 1 keeps all.</summary>
    public float TopP { get; init; } = 1;

    /// <summary>Keeps this many of the most probable tokens; 0 keeps all.</summary>
    public int TopK { get; init; }

    /// <summary>Keeps the tokens whose probability is at least this part of the best one's; from 0, which keeps all, to below 1.</summary>
    public float MinP { get; init; }

    /// <summary>Divides positive logits of the tokens in prompt and answer, and multiplies negative ones; above 0, and 1 is off.</summary>
    public float RepetitionPenalty { get; init; } = 1;

    /// <summary>Is subtracted once from the logits of the tokens in the answer.</summary>
    public float PresencePenalty { get; init; }

    /// <summary>Is subtracted from the logits of the tokens in the answer, as often as each occurs.</summary>
    public float FrequencyPenalty { get; init; }

    /// <summary>What is added to the logits of single tokens; entries of the same token add up.</summary>
    public IReadOnlyList<TokenBias> LogitBias { get; init; } = [];

    /// <summary>With the number of the answer, determines the random numbers.</summary>
    public ulong Seed { get; init; }

    /// <summary>No token of <see cref="EndIds"/> is chosen before the answer has this many tokens.</summary>
    public int MinTokens { get; init; }

    /// <summary>The tokens that <see cref="MinTokens"/> holds back. Ids that the model does not have are ignored.</summary>
    public IReadOnlyList<int> EndIds { get; init; } = [];

    /// <summary>How many alternatives are wanted with log-probabilities; 0 wants only the chosen token's, -1 none.</summary>
    public int LogProbs { get; init; } = -1;

    /// <summary>Whether the choice is the most probable token, without randomness.</summary>
    public bool IsGreedy => Temperature == 0 || TopK == 1;

    /// <summary>
    /// Checks that the rules can be applied. The limits that an API sets below that (a temperature of at most 2, say) are the API's.
    /// </summary>
    /// <param name="vocabulary">Tokens of the model: ids are from 0 to one less.</param>
    /// <returns>Success, or <see cref="StatusCode.SamplingInvalid"/> naming the parameter as the OpenAI API does.</returns>
    public Outcome Check(int vocabulary) =>
        !(Temperature >= 0 && float.IsFinite(Temperature)) ? Refuse($"temperature is {Temperature}; expected a number of at least 0")
        : !(TopP > 0 && TopP <= 1) ? Refuse($"top_p is {TopP}; expected a number above 0 and at most 1")
        : TopK < 0 ? Refuse($"top_k is {TopK}; expected a positive integer, or 0 to keep all tokens")
        : !(MinP >= 0 && MinP < 1) ? Refuse($"min_p is {MinP}; expected a number from 0 to below 1")
        : !(RepetitionPenalty > 0 && float.IsFinite(RepetitionPenalty))
            ? Refuse($"repetition_penalty is {RepetitionPenalty}; expected a number above 0")
        : !float.IsFinite(PresencePenalty) ? Refuse($"presence_penalty is {PresencePenalty}; expected a number")
        : !float.IsFinite(FrequencyPenalty) ? Refuse($"frequency_penalty is {FrequencyPenalty}; expected a number")
        : MinTokens < 0 ? Refuse($"min_tokens is {MinTokens}; expected an integer of at least 0")
        : LogProbs is < -1 or > MostLogProbs ? Refuse($"logprobs asks for {LogProbs} alternatives; expected 0 to {MostLogProbs}")
        : CheckBias(vocabulary);

    private Outcome CheckBias(int vocabulary)
    {
        if (LogitBias.Count > MostBiases)
            return Refuse($"logit_bias has {LogitBias.Count} entries; expected at most {MostBiases}");
        foreach (TokenBias entry in LogitBias)
        {
            if (entry.Id < 0 || entry.Id >= vocabulary)
                return Refuse($"logit_bias names token {entry.Id}; the model has tokens 0 to {vocabulary - 1}");
            if (!(Math.Abs(entry.Bias) <= LargestBias))
                return Refuse($"logit_bias of token {entry.Id} is {entry.Bias}; expected a number from -{LargestBias} to {LargestBias}");
        }

        return Outcome.Ok;
    }

    private static Outcome Refuse(string detail) => Outcome.Fail(StatusCode.SamplingInvalid, detail);
}
