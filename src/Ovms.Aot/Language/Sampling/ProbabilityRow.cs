using System.Numerics;

namespace Ovms.Language.Sampling;

/// <summary>
/// Draws from the probabilities of a row without sorting it. The row holds weights: probabilities in units of the best token's.
/// </summary>
/// <remarks>
/// Rejection sampling. In the order of top_p (larger weights first, equal ones by index), a token is kept if the tokens before it sum up to
/// at most top_p of the total. One token is drawn from all, and the sum of those before it is computed. If the token is not kept, neither
/// is any after it, and the next one is drawn from those before it. Kept tokens are never removed from the candidates, so each is drawn
/// with its exact probability. With top_p 0.95, at least 95 of 100 first draws are kept.
/// </remarks>
internal ref struct ProbabilityRow
{
    private readonly Span<float> _weights;
    private readonly Span<double> _sums;
    private readonly int _blockLength;
    private readonly int _peak;

    /// <summary>Turns logits into weights, in place.</summary>
    /// <param name="logits">The row.</param>
    /// <param name="peak">Its peak, without a fault.</param>
    /// <param name="temperature">Above 0.</param>
    /// <param name="sums">Room for the blocks' sums: <see cref="Blocks.Most"/> numbers.</param>
    public ProbabilityRow(Span<float> logits, RowPeak peak, float temperature, Span<double> sums)
    {
        _weights = logits;
        _peak = peak.Index;
        _blockLength = Blocks.LengthOf(logits.Length);
        _sums = sums[..(((logits.Length - 1) / _blockLength) + 1)];

        // The reciprocal of the smallest numbers is infinity, which the peak's 0 must not be multiplied with.
        float scale = Math.Min(1 / temperature, 1e38f);
        for (int i = 0; i < _sums.Length; i++)
        {
            _sums[i] = Exponential.Replace(BlockAt(i), peak.Value, scale);
            Total += _sums[i];
        }
    }

    /// <summary>The sum of all weights.</summary>
    public double Total { get; }

    /// <summary>Draws a token.</summary>
    /// <param name="minP">Least weight that is kept.</param>
    /// <param name="topP">Part of the total that is kept; 1 keeps all.</param>
    /// <returns>Its index.</returns>
    public int Draw(ref TokenRandom random, float minP, float topP)
    {
        double kept = topP < 1 ? topP * Total : double.PositiveInfinity;

        // The peak's weight is 1, which alone exceeds the limit: nothing else is kept. Models that are sure make this the usual case.
        if (kept < 1)
            return _peak;
        bool hasLeast = minP > Exponential.Nothing;
        Candidates candidates = new(hasLeast ? MathF.BitDecrement(minP) : Exponential.Nothing, 0);
        double sum = hasLeast ? SumOf(candidates) : Total;
        while (true)
        {
            int index = DrawFrom(candidates, sum * random.NextUnit());
            if (index == _peak || double.IsPositiveInfinity(kept))
                return index;
            candidates = new Candidates(_weights[index], index);
            sum = SumOf(candidates);
            if (sum <= kept)
                return index;
        }
    }

    // Also sets the sums of the blocks.
    private double SumOf(Candidates candidates)
    {
        double total = 0;
        for (int i = 0; i < _sums.Length; i++)
        {
            ReadOnlySpan<float> block = BlockAt(i);
            int equalUntil = Math.Clamp(candidates.EqualUntil - (i * _blockLength), 0, block.Length);
            _sums[i] = (equalUntil > 0 ? SumAbove(block[..equalUntil], candidates.EqualAbove) : 0)
                + (equalUntil < block.Length ? SumAbove(block[equalUntil..], candidates.Above) : 0);
            total += _sums[i];
        }

        return total;
    }

    // The candidate at which the sum of those up to it passes the target.
    private readonly int DrawFrom(Candidates candidates, double target)
    {
        int last = -1;
        int chosen = _sums.Length;
        for (int i = 0; i < _sums.Length; i++)
        {
            if (_sums[i] <= 0)
                continue;
            last = i;
            if (target < _sums[i])
            {
                chosen = i;
                break;
            }

            target -= _sums[i];
        }

        // Rounding may leave a little beyond the end: of the blocks here, of the last block's candidates below.
        int start = Math.Min(chosen, last) * _blockLength;
        int index = _peak;
        for (int i = start; i < Math.Min(start + _blockLength, _weights.Length); i++)
        {
            if (!candidates.Has(_weights[i], i))
                continue;
            index = i;
            target -= _weights[i];
            if (target < 0)
                break;
        }

        return index;
    }

    private static float SumAbove(ReadOnlySpan<float> block, float above)
    {
        Vector<float> limit = new(above);
        Vector<float> sums = Vector<float>.Zero;
        foreach (Vector<float> vector in Blocks.VectorsOf(block))
        {
            sums += Vector.AsVectorSingle(Vector.AsVectorInt32(vector) & Vector.GreaterThan(vector, limit));
        }

        float sum = Vector.Sum(sums);
        foreach (float value in block[Blocks.VectorsEnd(block.Length)..])
        {
            sum += value > above ? value : 0;
        }

        return sum;
    }

    private readonly Span<float> BlockAt(int index)
    {
        int start = index * _blockLength;
        return _weights.Slice(start, Math.Min(_blockLength, _weights.Length - start));
    }

    /// <summary>The tokens of larger weights, and those of equal weight whose index is lower.</summary>
    private readonly struct Candidates(float above, int equalUntil)
    {
        public float Above { get; } = above;

        // Above this are the equal ones too.
        public float EqualAbove { get; } = MathF.BitDecrement(above);

        public int EqualUntil { get; } = equalUntil;

        public bool Has(float weight, int index) => weight > (index < EqualUntil ? EqualAbove : Above);
    }
}
