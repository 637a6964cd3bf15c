using System.Numerics;

namespace Ovms.Language.Sampling;

/// <summary>
/// The k-th largest of some numbers, by bisection over the order of their bits: at most 32 counting passes, whatever the numbers are.
/// </summary>
internal static class Threshold
{
    /// <summary>A value that at least <paramref name="count"/> elements reach.</summary>
    /// <param name="values">No NaN, and at least <paramref name="count"/> elements.</param>
    /// <param name="count">k.</param>
    /// <param name="reaching">
    /// How many elements reach the value. If it is more than <paramref name="count"/>, the value is the k-th largest, which occurs several
    /// times.
    /// </param>
    public static float Of(ReadOnlySpan<float> values, int count, out int reaching)
    {
        long low = Order(float.NegativeInfinity);
        long high = (long)Order(float.PositiveInfinity) + 1;
        reaching = values.Length;
        while (high - low > 1 && reaching != count)
        {
            long middle = (low + high) / 2;
            int found = CountReaching(values, FromOrder((int)middle));
            if (found >= count)
            {
                low = middle;
                reaching = found;
            }
            else
            {
                high = middle;
            }
        }

        return FromOrder((int)low);
    }

    /// <summary>How many elements are at least this.</summary>
    public static int CountReaching(ReadOnlySpan<float> values, float least)
    {
        Vector<float> limit = new(least);
        Vector<int> counts = Vector<int>.Zero;
        foreach (Vector<float> vector in Blocks.VectorsOf(values))
        {
            // True is -1.
            counts -= Vector.GreaterThanOrEqual(vector, limit);
        }

        int count = Vector.Sum(counts);
        foreach (float value in values[Blocks.VectorsEnd(values.Length)..])
        {
            count += value >= least ? 1 : 0;
        }

        return count;
    }

    // Numbers whose order as integers is that of the floats; its own inverse but for the type.
    private static int Order(float value) => Flip(BitConverter.SingleToInt32Bits(value));

    private static float FromOrder(int order) => BitConverter.Int32BitsToSingle(Flip(order));

    private static int Flip(int bits) => bits ^ ((bits >> 31) & int.MaxValue);
}
