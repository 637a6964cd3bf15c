namespace Ovms.Serving.Shapes;

/// <summary>Compares arrays of shapes of one model. Both have the same length, in the order of its inputs.</summary>
internal sealed class SameShapes : IEqualityComparer<long[][]>
{
    private SameShapes()
    {
    }

    /// <summary>The only instance.</summary>
    public static SameShapes Comparer { get; } = new();

    /// <summary>Whether all shapes are the same.</summary>
    public static bool AreSame(long[][] one, long[][] other)
    {
        for (int i = 0; i < one.Length; i++)
        {
            if (!one[i].AsSpan().SequenceEqual(other[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public bool Equals(long[][]? one, long[][]? other) =>
        ReferenceEquals(one, other) || (one is not null && other is not null && AreSame(one, other));

    /// <inheritdoc/>
    public int GetHashCode(long[][] shapes)
    {
        HashCode hash = default;
        foreach (long[] shape in shapes)
        {
            foreach (long dimension in shape)
            {
                hash.Add(dimension);
            }
        }

        return hash.ToHashCode();
    }
}
