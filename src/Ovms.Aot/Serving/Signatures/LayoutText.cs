using System.Diagnostics;

namespace Ovms.Serving.Signatures;

/// <summary>
/// Layouts in short notation: a letter per dimension, "?" for one without meaning, and "..." once for any number of dimensions. Examples:
/// NCHW, N?C, N...
/// </summary>
internal static class LayoutText
{
    /// <summary>The layout if nothing is known: the first dimension is the batch.</summary>
    public const string Unknown = "N...";

    /// <summary>The layout of a scalar.</summary>
    public const string Scalar = "...";

    private const string Letters = "NCHWD?";
    private const string Ellipsis = "...";

    /// <summary>Why a text is not a layout; null if it is one.</summary>
    /// <param name="layout">The text, in capitals.</param>
    public static string? FaultOf(string layout)
    {
        string letters = WithoutEllipsis(layout);
        if (letters.Contains('.', StringComparison.Ordinal))
        {
            return "\"...\" may occur once";
        }

        foreach (char letter in letters)
        {
            if (!Letters.Contains(letter, StringComparison.Ordinal))
            {
                return $"'{letter}' is none of N, C, H, W, D, ? and ...";
            }

            if (letter != '?' && letters.IndexOf(letter, StringComparison.Ordinal) != letters.LastIndexOf(letter))
            {
                return $"'{letter}' occurs twice";
            }
        }

        return layout.Length == 0 ? "it is empty" : null;
    }

    /// <summary>Whether tensors of this rank can have the layout.</summary>
    public static bool Fits(string layout, int rank)
    {
        int letters = WithoutEllipsis(layout).Length;
        return HasEllipsis(layout) ? letters <= rank : letters == rank;
    }

    /// <summary>Whether tensors of one layout can be transposed into the other.</summary>
    public static bool SameDimensions(string layout, string other) =>
        HasEllipsis(layout) == HasEllipsis(other)
        && WithoutEllipsis(layout).Order().SequenceEqual(WithoutEllipsis(other).Order());

    /// <summary>The axis of a letter in tensors of this rank; -1 if the layout does not have it.</summary>
    public static int AxisOf(string layout, char letter, int rank)
    {
        int index = layout.IndexOf(letter, StringComparison.Ordinal);
        int ellipsis = layout.IndexOf(Ellipsis, StringComparison.Ordinal);
        int axis = index < 0 || ellipsis < 0 || index < ellipsis ? index : rank - (layout.Length - index);
        Debug.Assert(axis < rank || !Fits(layout, rank), "A layout that fits has its letters within the rank.");
        return axis < rank ? axis : -1;
    }

    private static bool HasEllipsis(string layout) => layout.Contains(Ellipsis, StringComparison.Ordinal);

    private static string WithoutEllipsis(string layout)
    {
        int ellipsis = layout.IndexOf(Ellipsis, StringComparison.Ordinal);
        return ellipsis < 0 ? layout : layout.Remove(ellipsis, Ellipsis.Length);
    }
}
