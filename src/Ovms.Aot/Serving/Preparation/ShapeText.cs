using System.Globalization;
using Ovms.Native;
using Ovms.Status;

namespace Ovms.Serving.Preparation;

/// <summary>The notation of one shape: (1,3,-1,224:512). Spaces are ignored, and a comma may follow the last dimension.</summary>
internal static class ShapeText
{
    private const string Form = "a shape is written auto, or (1,3,-1,224:512): numbers from 0, -1 for any, or least:greatest, each from 1";

    /// <summary>Whether a shape or batch size is auto, that is left to each call.</summary>
    public static bool IsAuto(string text) => text.AsSpan().Trim().Equals("auto", StringComparison.OrdinalIgnoreCase);

    /// <summary>Parses one shape that is not auto.</summary>
    public static Outcome<PartialShape> Parse(string text)
    {
        string bare = string.Concat(text.Where(static letter => !char.IsWhiteSpace(letter)));
        if (bare is not ['(', .. string inner, ')'])
        {
            return Wrong(text, "it is not in one pair of parentheses");
        }

        inner = inner.EndsWith(',') ? inner[..^1] : inner;
        if (inner.Length == 0)
        {
            return bare == "()" ? new PartialShape() : Wrong(text, "there is no dimension before the comma");
        }

        string[] parts = inner.Split(',');
        Dimension[] dimensions = new Dimension[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (ParseDimension(parts[i]) is not { } dimension)
            {
                return Wrong(text, parts[i].Length == 0 ? "a dimension is empty" : $"'{parts[i]}' is no dimension");
            }

            dimensions[i] = dimension;
        }

        return new PartialShape(dimensions);
    }

    /// <summary>Parses one dimension: a number, -1, or a range. Null for anything else.</summary>
    public static Dimension? ParseDimension(string text)
    {
        if (text == "-1")
        {
            return Dimension.Dynamic;
        }

        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            return TryParse(text, out long value) ? Dimension.Of(value) : null;
        }

        return TryParse(text[..colon], out long least)
            && TryParse(text[(colon + 1)..], out long greatest)
            && least >= 1
            && greatest >= least
            ? Dimension.Range(least, greatest)
            : null;
    }

    private static bool TryParse(string text, out long value) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    private static Outcome<PartialShape> Wrong(string text, string why) =>
        Outcome.Fail(StatusCode.ShapeWrongFormat, $"{text}: {why}; {Form}.");
}
