using System.Numerics;
using System.Runtime.CompilerServices;

namespace Ovms.Language.Sampling;

/// <summary>
/// e^x for logits less their maximum, so x ≤ 0. The relative error is below 3e-7 + 8e-8·|x|; the second part is the rounding of x.
/// Results are at least <see cref="Nothing"/>, and e^0 is exactly 1.
/// </summary>
internal static class Exponential
{
    /// <summary>The result for -infinity, and for all that is as small: the least number that single precision holds in full.</summary>
    public const float Nothing = 1.17549435e-38f;

    private const float Log2E = 1.44269504f;

    // The exponent of Nothing.
    private const float Least = -126;

    // Adding it rounds to a whole number, which then stands in the lowest bits.
    private const float Rounder = 12582912f;

    // 2^f = 1 + A·f + B·f² + …, fitted for the least relative error over -0.5 to 0.5: 9.2e-8.
    private const float A = 0.6931470036506653f;
    private const float B = 0.24022242426872253f;
    private const float C = 0.05550733581185341f;
    private const float D = 0.009671513922512531f;
    private const float E = 0.0013264728477224708f;

    /// <summary>Replaces logits by e^((logit - peak) · scale).</summary>
    /// <param name="peak">The largest logit.</param>
    /// <param name="scale">1 / temperature, and at most 1e38.</param>
    /// <returns>The sum of the results.</returns>
    public static float Replace(Span<float> block, float peak, float scale)
    {
        Vector<float> peaks = new(peak);
        Vector<float> scales = new(scale * Log2E);
        Vector<float> sums = Vector<float>.Zero;
        foreach (ref Vector<float> vector in Blocks.VectorsOf(block))
        {
            Vector<float> result = PowerOfTwo((vector - peaks) * scales);
            vector = result;
            sums += result;
        }

        float sum = Vector.Sum(sums);
        foreach (ref float value in block[Blocks.VectorsEnd(block.Length)..])
        {
            value = PowerOfTwo((new Vector<float>(value) - peaks) * scales)[0];
            sum += value;
        }

        return sum;
    }

    /// <summary>The sum of e^(logit - peak) over a block, which stays as it is.</summary>
    public static float Sum(ReadOnlySpan<float> block, float peak)
    {
        Vector<float> peaks = new(peak);
        Vector<float> scales = new(Log2E);
        Vector<float> sums = Vector<float>.Zero;
        foreach (Vector<float> vector in Blocks.VectorsOf(block))
        {
            sums += PowerOfTwo((vector - peaks) * scales);
        }

        float sum = Vector.Sum(sums);
        foreach (float value in block[Blocks.VectorsEnd(block.Length)..])
        {
            sum += PowerOfTwo((new Vector<float>(value) - peaks) * scales)[0];
        }

        return sum;
    }

    // 2^t = 2^n · 2^f with n whole: a polynomial gives 2^f, then n is added to its exponent. The terms are added in pairs, which shortens
    // the chain of dependent operations. It is inlined to keep the constants in registers; as a call it takes three times as long.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> PowerOfTwo(Vector<float> t)
    {
        t = Vector.MaxNative(t, new Vector<float>(Least));
        Vector<float> rounded = t + new Vector<float>(Rounder);
        Vector<float> f = t - (rounded - new Vector<float>(Rounder));
        Vector<float> square = f * f;
        Vector<float> low = Vector.MultiplyAddEstimate(f, new Vector<float>(A), Vector<float>.One);
        Vector<float> middle = Vector.MultiplyAddEstimate(f, new Vector<float>(C), new Vector<float>(B));
        Vector<float> high = Vector.MultiplyAddEstimate(f, new Vector<float>(E), new Vector<float>(D));
        Vector<float> upper = Vector.MultiplyAddEstimate(high, square, middle);
        Vector<float> power = Vector.MultiplyAddEstimate(upper, square, low);
        return Vector.AsVectorSingle(Vector.AsVectorInt32(power) + Vector.ShiftLeft(Vector.AsVectorInt32(rounded), 23));
    }
}
