namespace Ovms.Generation.Scheduling;

/// <summary>
/// Divides the prompt tokens of a step among prompts. The oldest prompt gets at least half, so that it ends; the others share the rest, the
/// one with the least left first, so that a short prompt does not wait for long ones. Equals are served in their order. A piece ends at a
/// block's border or with the prompt: the results are then the same as those of the whole prompt.
/// </summary>
internal static class PromptShares
{
    /// <summary>Computes the number of tokens for each prompt.</summary>
    /// <param name="prompts">The prompts, the oldest first.</param>
    /// <param name="budget">Tokens in all; at least <paramref name="blockTokens"/>.</param>
    /// <param name="blockTokens">Tokens a block holds; 1 if prompts may be cut anywhere.</param>
    /// <param name="turn">Number of the step: a single block goes to the oldest prompt and to the others in turns.</param>
    /// <param name="counts">Receives the tokens of each prompt, as long as <paramref name="prompts"/>.</param>
    public static void Compute(ReadOnlySpan<PromptWork> prompts, int budget, int blockTokens, long turn, Span<int> counts)
    {
        counts.Clear();
        if (prompts.IsEmpty)
        {
            return;
        }

        int half = (budget / 2 + blockTokens - 1) / blockTokens * blockTokens;
        bool othersFirst = prompts.Length > 1 && budget < 2 * blockTokens && turn % 2 != 0;
        if (!othersFirst)
        {
            budget -= counts[0] = Cut(prompts[0], prompts.Length > 1 ? Math.Min(half, budget) : budget, blockTokens);
        }

        for (int next = Shortest(prompts, counts); next > 0 && budget > 0; next = Shortest(prompts, counts))
        {
            counts[next] = Cut(prompts[next], budget, blockTokens);
            if (counts[next] == 0)
            {
                break;
            }

            budget -= counts[next];
        }

        counts[0] = Cut(prompts[0], counts[0] + budget, blockTokens);
    }

    // The one of the others that has no share yet and the least to compute; 0 if all have one.
    private static int Shortest(ReadOnlySpan<PromptWork> prompts, ReadOnlySpan<int> counts)
    {
        int best = 0;
        for (int i = 1; i < prompts.Length; i++)
        {
            if (counts[i] == 0 && (best == 0 || prompts[i].Pending < prompts[best].Pending))
            {
                best = i;
            }
        }

        return best;
    }

    private static int Cut(PromptWork prompt, int allowed, int blockTokens)
    {
        allowed = Math.Min(allowed, prompt.Limit);
        return prompt.Pending <= allowed ? prompt.Pending : Math.Max(0, allowed - ((prompt.Computed + allowed) % blockTokens));
    }
}
