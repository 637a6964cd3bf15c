using System.Numerics;

namespace Ovms.Generation.Scheduling;

/// <summary>
/// How long steps take, learned from those that ran: the time of a step without prompts by its number of sequences, and the time that each
/// prompt token adds.
/// </summary>
/// <param name="firstGuess">Seconds a prompt token, until a step with prompts ran.</param>
internal sealed class StepSpeed(double firstGuess)
{
    // The latest step counts half: a long prompt becomes slower with every piece.
    private const double Weight = 0.5;

    // By powers of two of the number of sequences; 0 where no such step ran yet.
    private readonly double[] _decodeSeconds = new double[32];
    private bool _knowsPrompts;

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
            known = known == 0 ? seconds : known + ((seconds - known) * Weight);
            return;
        }

        // At least a nanosecond a token, so that a step stays finite.
        double each = Math.Max((seconds - DecodeSeconds(decodes)) / promptTokens, 1e-9);
        PromptTokenSeconds = _knowsPrompts ? PromptTokenSeconds + ((each - PromptTokenSeconds) * Weight) : each;
        _knowsPrompts = true;
    }

    /// <summary>How long a step is likely to take, in seconds.</summary>
    public double Estimate(int promptTokens, int decodes) => DecodeSeconds(decodes) + (promptTokens * PromptTokenSeconds);

    /// <summary>How many prompt tokens fit into a step of a duration; may be 0.</summary>
    public int PromptTokensIn(double seconds, int decodes) =>
        (int)Math.Clamp((seconds - DecodeSeconds(decodes)) / PromptTokenSeconds, 0, int.MaxValue / 2);

    // The nearest number of sequences that was measured, smaller ones first.
    private double DecodeSeconds(int decodes)
    {
        if (decodes == 0)
        {
            return 0;
        }

        int at = BitOperations.Log2((uint)decodes);
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
