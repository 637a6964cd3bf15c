using System.Numerics;

namespace Ovms.Generation.Scheduling;

/// <summary>
/// How long steps take, learned from those that ran: the time of a step without prompts by its number of sequences, and the time that each
/// prompt token adds.
/// </summary>
/// <param name="firstGuess">Seconds a prompt token, until a step with prompts ran.</param>
internal sealed class StepSpeed(double firstGuess)
{
    // After as many prompt tokens a step counts half: a long prompt becomes slower with every piece.
    private const double HalfLife = 256;

    // A piece of as many tokens counts half of what its tokens would: less than half of its time is for them.
    private const double SmallPiece = 32;

    // Time for prompts in a step with prompts, in times of the step without.
    private const double LeastShare = 2;

    // By powers of two of the number of sequences; 0 where no such step ran yet.
    private readonly double[] _decodeSeconds = new double[32];
    private double _promptSeconds;
    private double _promptTokens;

    /// <summary>Seconds that one prompt token adds to a step.</summary>
    public double PromptTokenSeconds { get; private set; } = firstGuess;

    /// <summary>Learns from a step.</summary>
    /// <param name="promptTokens">Tokens of prompts in the step.</param>
    /// <param name="decodes">Sequences in the step that got their next token only.</param>
    /// <param name="seconds">How long it took.</param>
    public void Learn(int promptTokens, int decodes, double seconds)
    {
        if (promptTokens == 0)
        {
            ref double known = ref _decodeSeconds[BitOperations.Log2((uint)decodes)];
            known = known == 0 ? seconds : (known + seconds) / 2;
            return;
        }

        // Half of the share that they have by their number is the least, should the time without them be known badly.
        double least = seconds * promptTokens / (promptTokens + decodes) / 2;
        double weight = promptTokens / (promptTokens + SmallPiece);
        double kept = double.Exp2(-promptTokens / HalfLife);
        _promptSeconds = (_promptSeconds * kept) + (weight * Math.Max(seconds - BaseSeconds(decodes), least));
        _promptTokens = (_promptTokens * kept) + (weight * promptTokens);

        // At least a nanosecond a token, so that a step stays finite.
        PromptTokenSeconds = Math.Max(_promptSeconds / _promptTokens, 1e-9);
    }

    /// <summary>How long a step is likely to take, in seconds.</summary>
    public double Estimate(int promptTokens, int decodes) => BaseSeconds(decodes) + (promptTokens * PromptTokenSeconds);

    /// <summary>
    /// How many prompt tokens fit into a step of a duration, but at least as many as take twice the time of the step without them. Every
    /// step has costs that do not depend on its prompt tokens: with few of them, on a slow or busy machine, prompts would take several
    /// times as long as they must.
    /// </summary>
    public int PromptTokensIn(double seconds, int decodes)
    {
        double without = BaseSeconds(decodes);
        return (int)Math.Clamp(Math.Max(seconds - without, LeastShare * without) / PromptTokenSeconds, 0, int.MaxValue / 2);
    }

    // What a step takes without its prompts: that of the nearest number of sequences that was measured, smaller ones first. A step of
    // prompts alone reads all weights too, as one of a single sequence does.
    private double BaseSeconds(int decodes)
    {
        int at = BitOperations.Log2((uint)Math.Max(decodes, 1));
        for (int i = at; i >= 0; i--)
        {
            if (_decodeSeconds[i] > 0)
            {
                return _decodeSeconds[i];
            }
        }

        return _decodeSeconds.AsSpan(at).IndexOfAnyExcept(0.0) is var larger and >= 0 ? _decodeSeconds[at + larger] : 0;
    }
}
