namespace Ovms.Generation.Scheduling;

/// <summary>
/// Divides the prompt tokens of a step among prompts: the one that is due first gets all that it can use, then the next. A prompt is due
/// when it would end if it were computed alone from its arrival on. So a short prompt passes a long one that came shortly before, and a
/// long one waits only for those that came in the time it needs itself. A piece ends at a block's border or with the prompt: the results
/// are then the same as those of the whole prompt.
/// </summary>
internal static class PromptShares
{
    /// <summary>Computes the number of tokens for each prompt.</summary>
    /// <param name="prompts">The prompts, the oldest first: it is served first among those due at the same time.</param>
    /// <param name="budget">Tokens in all; at least <paramref name="blockTokens"/>.</param>
    /// <param name="blockTokens">Tokens a block holds; 1 if prompts may be cut anywhere.</param>
    /// <param name="counts">Receives the tokens of each prompt, as long as <paramref name="prompts"/>.</param>
    public static void Compute(ReadOnlySpan<PromptWork> prompts, int budget, int blockTokens, Span<int> counts)
    {
        counts.Clear();
        while (budget > 0 && First(prompts, counts) is var next and >= 0)
        {
            counts[next] = Cut(prompts[next], budget, blockTokens);
            if (counts[next] == 0)
            {
                return;
            }

            budget -= counts[next];
        }
    }

    // The first that is due of those without a share; -1 if all have one.
    private static int First(ReadOnlySpan<PromptWork> prompts, ReadOnlySpan<int> counts)
    {
        int first = -1;
        for (int i = 0; i < prompts.Length; i++)
        {
            if (counts[i] == 0 && (first < 0 || prompts[i].Due < prompts[first].Due))
            {
                first = i;
            }
        }

        return first;
    }

    private static int Cut(PromptWork prompt, int allowed, int blockTokens)
    {
        int toCut = prompt.Cut > prompt.Computed ? prompt.Cut - prompt.Computed : int.MaxValue;
        allowed = Math.Min(allowed, Math.Min(prompt.Limit, toCut));
        return prompt.Pending <= allowed ? prompt.Pending : Math.Max(0, allowed - ((prompt.Computed + allowed) % blockTokens));
    }
}
