using Ovms.Native;

namespace Ovms.Pipelines.Definitions;

/// <summary>Shapes of tensors that are split, gathered and connected.</summary>
internal static class Shapes
{
    /// <summary>The shape of a part: without the first dimension. Unchanged if there is none.</summary>
    public static PartialShape WithoutFirst(PartialShape shape) =>
        shape.HasRank && shape.Rank > 0 ? new PartialShape(shape.Dimensions[1..]) : shape;

    /// <summary>The shape of gathered tensors: with more dimensions at the front.</summary>
    /// <param name="counts">Their sizes; -1 = any.</param>
    /// <param name="shape">The shape of one.</param>
    public static PartialShape Under(IEnumerable<int> counts, PartialShape shape) => shape.HasRank
        ? new PartialShape(
            [.. counts.Select(static count => count < 0 ? Dimension.Dynamic : Dimension.Of(count)), .. shape.Dimensions.ToArray()])
        : shape;

    /// <summary>Whether a tensor can have both shapes.</summary>
    public static bool Overlap(PartialShape one, PartialShape other) => Intersect(one, other) is not null;

    /// <summary>The shapes that fit both; null if there are none.</summary>
    public static PartialShape? Intersect(PartialShape one, PartialShape other)
    {
        if (!one.HasRank || !other.HasRank)
        {
            return one.HasRank ? one : other;
        }

        if (one.Rank != other.Rank)
        {
            return null;
        }

        Dimension[] both = new Dimension[one.Rank];
        for (int i = 0; i < both.Length; i++)
        {
            long min = Math.Max(one[i].Min, other[i].Min);
            long max = one[i].Max < 0 ? other[i].Max : other[i].Max < 0 ? one[i].Max : Math.Min(one[i].Max, other[i].Max);
            if (max >= 0 && max < min)
            {
                return null;
            }

            both[i] = new Dimension(min, max);
        }

        return new PartialShape(both);
    }

    /// <summary>The shape with any size in every dimension.</summary>
    public static PartialShape OfAnySize(PartialShape shape) => shape.HasRank
        ? new PartialShape([.. Enumerable.Repeat(Dimension.Dynamic, shape.Rank)])
        : shape;
}
