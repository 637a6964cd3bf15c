using Ovms.Language.Sampling;
using Ovms.Language.Text;
using Ovms.Repository.Language;

namespace Ovms.Frontends.Rest.OpenAi;

/// <summary>How a request's answers are made: as the request says, else the model's generation_config.json, else as usual.</summary>
/// <param name="Sampling">How tokens are chosen.</param>
/// <param name="EndIds">Tokens that end an answer; none if they are ignored.</param>
/// <param name="Stops">Texts that end an answer.</param>
/// <param name="IncludesStop">Whether the answer contains the text that ended it.</param>
internal sealed record RequestRules(SamplingRules Sampling, int[] EndIds, IReadOnlyList<string> Stops, bool IncludesStop)
{
    // As the original: without a word from the caller or the model, sampling chooses among this many tokens.
    private const int UsualTopK = 40;

    /// <summary>The rules of a request.</summary>
    /// <param name="fields">The request.</param>
    /// <param name="defaults">generation_config.json.</param>
    /// <param name="endIds">The model's end tokens.</param>
    /// <param name="logProbs">Alternatives of each token wanted; -1 = no log-probabilities.</param>
    public static RequestRules Of(SamplingFields fields, GenerationFile defaults, IReadOnlyList<int> endIds, int logProbs)
    {
        int[] ends = fields.IgnoresEnd ?? defaults.IgnoreEos ?? false ? [] : [.. endIds];
        SamplingRules sampling = new()
        {
            Temperature = (float?)fields.Temperature ?? defaults.Temperature ?? 1,
            TopP = (float?)fields.TopP ?? defaults.TopP ?? 1,
            TopK = (fields.TopK ?? defaults.TopK ?? UsualTopK) is > 0 and var topK ? topK : 0,
            MinP = (float?)fields.MinP ?? defaults.MinP ?? 0,
            RepetitionPenalty = (float?)fields.RepetitionPenalty ?? defaults.RepetitionPenalty ?? 1,
            PresencePenalty = (float?)fields.PresencePenalty ?? defaults.PresencePenalty ?? 0,
            FrequencyPenalty = (float?)fields.FrequencyPenalty ?? defaults.FrequencyPenalty ?? 0,
            LogitBias = [.. fields.LogitBias.Select(static pair => new TokenBias(pair.Key, pair.Value))],
            Seed = fields.Seed ?? (ulong)Random.Shared.NextInt64(1, uint.MaxValue),
            MinTokens = fields.MinTokens ?? defaults.MinNewTokens ?? 0,
            EndIds = ends,
            LogProbs = logProbs,
        };
        return new RequestRules(
            sampling, ends, fields.Stops ?? StopsOf(defaults), fields.IncludesStop ?? defaults.IncludeStop ?? false);
    }

    // Those that a caller may not give are no stop texts of the model either; it said so when it was loaded.
    private static IReadOnlyList<string> StopsOf(GenerationFile defaults) =>
        defaults.StopStrings.Length == 0 || StopText.Check(defaults.StopStrings) is null ? defaults.StopStrings : [];
}
