using System.Numerics;

namespace Ovms.Language.Sampling;

/// <summary>Keeps the k largest elements of a row in place, for a k too large for a <see cref="TopSelection"/>.</summary>
internal static class TopMask
{
    /// <summary>Sets all but the k largest elements to -infinity; of equal ones the first stay.</summary>
    /// <param name="row">No NaN, and at least <paramref name="count"/> elements.</param>
    /// <param name="count">k.</param>
    public static void Apply(Span<float> row, int count)
    {
        float least = Threshold.Of(row, count, out int reaching);
        Vector<float> limit = new(least);
        Vector<float> nothing = new(float.NegativeInfinity);
        foreach (ref Vector<float> vector in Blocks.VectorsOf(row))
        {
            vector = Vector.ConditionalSelect(Vector.GreaterThanOrEqual(vector, limit), vector, nothing);
        }

        foreach (ref float value in row[Blocks.VectorsEnd(row.Length)..])
        {
            value = value >= least ? value : float.NegativeInfinity;
        }

        // The last of the equal ones go.
        for (int i = row.Length - 1; reaching > count; i--)
        {
            if (row[i] != least)
                continue;
            row[i] = float.NegativeInfinity;
            reaching--;
        }
    }
}
