using System.Numerics;

namespace Ovms.Language.Sampling;

/// <summary>
/// e^x for logits less their maximum, so x ≤ 0. The relative error is below 3e-7; results below 1e-37 are 0, and e^0 is exactly 1.
/// </summary>
internal static class Exponential
{
    // Where results end that single precision holds in full.
    private const float Least = -85;
    private const float Log2E = 1.44269504f;

    // ln 2 in two parts: products of the first with whole numbers up to 2^11 are exact.
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;

    // Adding it rounds to a whole number, which then stands in the lowest bits.
    private const float Rounder = 12582912f;

    /// <summary>Replaces logits by e^((logit - peak) · scale).</summary>
    /// <param name="peak">The largest logit.</param>
    /// <param name="scale">1 / temperature; finite.</param>
    /// <returns>The sum of the results.</returns>
    public static float Replace(Span<float> block, float peak, float scale)
    {
        Vector<float> peaks = new(peak);
        Vector<float> scales = new(scale);
        Vector<float> sums = Vector<float>.Zero;
        foreach (ref Vector<float> vector in Blocks.VectorsOf(block))
        {
            vector = Of((vector - peaks) * scales);
            sums += vector;
        }

        float sum = Vector.Sum(sums);
        foreach (ref float value in block[Blocks.VectorsEnd(block.Length)..])
        {
            value = Of(new Vector<float>((value - peak) * scale))[0];
            sum += value;
        }

        return sum;
    }

    /// <summary>The sum of e^(logit - peak) over a block, which stays as it is.</summary>
    public static float Sum(ReadOnlySpan<float> block, float peak)
    {
        Vector<float> peaks = new(peak);
        Vector<float> sums = Vector<float>.Zero;
        foreach (Vector<float> vector in Blocks.VectorsOf(block))
        {
            sums += Of(vector - peaks);
        }

        float sum = Vector.Sum(sums);
        foreach (float value in block[Blocks.VectorsEnd(block.Length)..])
        {
            sum += Of(new Vector<float>(value - peak))[0];
        }

        return sum;
    }

    // x = n·ln 2 + r with |r| ≤ ln 2 / 2: the series of e^r to the sixth power, times 2^n by adding n to the exponent.
    private static Vector<float> Of(Vector<float> x)
    {
        Vector<int> keep = Vector.GreaterThanOrEqual(x, new Vector<float>(Least));
        Vector<float> rounded = Vector.MultiplyAddEstimate(x, new Vector<float>(Log2E), new Vector<float>(Rounder));
        Vector<float> n = rounded - new Vector<float>(Rounder);
        Vector<float> r = x - (n * new Vector<float>(Ln2High)) - (n * new Vector<float>(Ln2Low));
        Vector<float> y = Vector.MultiplyAddEstimate(r, new Vector<float>(1f / 720), new Vector<float>(1f / 120));
        y = Vector.MultiplyAddEstimate(y, r, new Vector<float>(1f / 24));
        y = Vector.MultiplyAddEstimate(y, r, new Vector<float>(1f / 6));
        y = Vector.MultiplyAddEstimate(y, r, new Vector<float>(0.5f));
        y = Vector.MultiplyAddEstimate(y, r, Vector<float>.One);
        y = Vector.MultiplyAddEstimate(y, r, Vector<float>.One);
        Vector<int> bits = Vector.AsVectorInt32(y) + Vector.ShiftLeft(Vector.AsVectorInt32(rounded), 23);
        return Vector.AsVectorSingle(bits & keep);
    }
}
