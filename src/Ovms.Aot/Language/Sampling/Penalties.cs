namespace Ovms.Language.Sampling;

/// <summary>
/// Changes the logits of single tokens before a token is chosen: ends that come too early, bias, and the penalties on tokens that occurred.
/// Presence and frequency penalties always subtract, as OpenAI defines them. OpenVINO GenAI adds them to negative logits, which makes
/// repetition likelier.
/// </summary>
internal sealed class Penalties
{
    private readonly SamplingRules _rules;

    // Null if no penalty needs it.
    private readonly TokenCounts? _counts;

    /// <summary>The changes for one answer.</summary>
    /// <param name="prompt">The prompt, which the repetition penalty covers too. It is copied only if that penalty is on.</param>
    public Penalties(SamplingRules rules, ReadOnlySpan<int> prompt)
    {
        _rules = rules;
        bool repetition = rules.RepetitionPenalty != 1;
        if (!repetition && rules.PresencePenalty == 0 && rules.FrequencyPenalty == 0)
            return;
        _counts = new TokenCounts();
        if (!repetition)
            return;
        foreach (int id in prompt)
        {
            _counts.AddPrompt(id);
        }
    }

    /// <summary>Counts a token of the answer.</summary>
    public void Add(int id) => _counts?.AddGenerated(id);

    /// <summary>Changes the logits.</summary>
    /// <param name="generated">Tokens that the answer has so far.</param>
    public void Apply(Span<float> row, int generated)
    {
        if (generated < _rules.MinTokens)
            SuppressEnds(row);

        // By index: an enumerator of the interface would be an allocation per token.
        for (int i = 0; i < _rules.LogitBias.Count; i++)
        {
            TokenBias entry = _rules.LogitBias[i];
            if ((uint)entry.Id < (uint)row.Length)
                row[entry.Id] += entry.Bias;
        }

        if (_counts is not null)
            Penalize(row, _counts);
    }

    private void SuppressEnds(Span<float> row)
    {
        for (int i = 0; i < _rules.EndIds.Count; i++)
        {
            int id = _rules.EndIds[i];
            if ((uint)id < (uint)row.Length)
                row[id] = float.NegativeInfinity;
        }
    }

    private void Penalize(Span<float> row, TokenCounts counts)
    {
        ReadOnlySpan<int> ids = counts.Ids;
        ReadOnlySpan<int> generated = counts.Generated;
        float repetition = _rules.RepetitionPenalty;
        for (int i = 0; i < ids.Length; i++)
        {
            // A prompt may hold ids of a tokenizer that has more of them than the model has logits.
            int id = ids[i];
            if ((uint)id >= (uint)row.Length)
                continue;
            float logit = row[id];
            if (!float.IsFinite(logit))
                continue;

            // Divides what is positive and multiplies what is negative, without a branch on the sign, which cannot be foreseen.
            logit = repetition > 1 ? Math.Min(logit / repetition, logit * repetition) : Math.Max(logit / repetition, logit * repetition);
            if (generated[i] > 0)
                logit -= _rules.PresencePenalty + (generated[i] * _rules.FrequencyPenalty);

            // Extreme penalties must not look like a failure of the model, which +infinity is.
            row[id] = Math.Clamp(logit, float.MinValue, float.MaxValue);
        }
    }
}
