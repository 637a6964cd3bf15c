using System.Numerics;

namespace Ovms.Language.Sampling;

/// <summary>The largest logit of a row, found in one pass.</summary>
/// <param name="Value">The logit.</param>
/// <param name="Index">Index of the first element that has it; -1 if there is a fault.</param>
/// <param name="Fault">Whether the row cannot be used.</param>
internal readonly record struct RowPeak(float Value, int Index, RowFault Fault)
{
    /// <summary>The peak of a row.</summary>
    public static RowPeak Of(ReadOnlySpan<float> row)
    {
        int length = Blocks.LengthOf(row.Length);
        float best = float.NegativeInfinity;
        int bestStart = 0;
        for (int start = 0; start < row.Length; start += length)
        {
            float largest = LargestOf(row.Slice(start, Math.Min(length, row.Length - start)));
            if (float.IsNaN(largest))
                return new RowPeak(largest, -1, RowFault.NotANumber);
            if (largest > best)
            {
                best = largest;
                bestStart = start;
            }
        }

        if (float.IsInfinity(best))
            return new RowPeak(best, -1, best < 0 ? RowFault.NothingAllowed : RowFault.NotANumber);
        return new RowPeak(best, bestStart + row[bestStart..].IndexOf(best), RowFault.None);
    }

    // NaN if any element is.
    private static float LargestOf(ReadOnlySpan<float> block)
    {
        ReadOnlySpan<Vector<float>> vectors = Blocks.VectorsOf(block);
        Vector<float> first = new(float.NegativeInfinity);
        Vector<float> second = first;
        Vector<int> numbers = Vector<int>.AllBitsSet;
        int i = 0;
        for (; i + 1 < vectors.Length; i += 2)
        {
            // The native maximum ignores some NaN, depending on its place: they are looked for on their own.
            numbers &= Vector.Equals(vectors[i], vectors[i]) & Vector.Equals(vectors[i + 1], vectors[i + 1]);
            first = Vector.MaxNative(first, vectors[i]);
            second = Vector.MaxNative(second, vectors[i + 1]);
        }

        if (i < vectors.Length)
        {
            numbers &= Vector.Equals(vectors[i], vectors[i]);
            first = Vector.MaxNative(first, vectors[i]);
        }

        if (!Vector.EqualsAll(numbers, Vector<int>.AllBitsSet))
            return float.NaN;
        first = Vector.MaxNative(first, second);
        float largest = float.NegativeInfinity;
        for (int lane = 0; lane < Vector<float>.Count; lane++)
        {
            largest = Math.Max(largest, first[lane]);
        }

        foreach (float value in block[Blocks.VectorsEnd(block.Length)..])
        {
            largest = Math.Max(largest, value);
        }

        return largest;
    }
}
