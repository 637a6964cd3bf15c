using System.Text;

namespace Ovms.Language.Values;

/// <summary>Texts as Python counts them: by code point, not by UTF-16 unit. Most texts have no pairs, and then both are the same.</summary>
internal static class CodePoints
{
    /// <summary>Whether any code point takes two units.</summary>
    public static bool HasPairs(string text) => text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') >= 0;

    /// <summary>How many code points.</summary>
    public static int Count(string text)
    {
        int count = text.Length;
        for (int i = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF'); i >= 0 && i + 1 < text.Length; i++)
        {
            if (char.IsSurrogatePair(text[i], text[i + 1]))
            {
                count--;
                i++;
            }
        }

        return count;
    }

    /// <summary>Where each code point starts, and the end of the text; null if each takes one unit.</summary>
    public static int[]? Starts(string text)
    {
        if (!HasPairs(text))
            return null;

        int[] starts = new int[Count(text) + 1];
        for (int i = 0, at = 0; at < text.Length; i++)
        {
            starts[i] = at;
            at += at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1;
        }

        starts[^1] = text.Length;
        return starts;
    }

    /// <summary>The code points as texts.</summary>
    public static IEnumerator<JinjaValue> Each(string text)
    {
        for (int at = 0; at < text.Length;)
        {
            int units = at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1;
            yield return text.Substring(at, units);
            at += units;
        }
    }

    /// <summary>The code point that starts at a unit; a unit without its other half stands for itself.</summary>
    public static int At(ReadOnlySpan<char> text, int at, out int units)
    {
        bool pair = at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]);
        units = pair ? 2 : 1;
        return pair ? char.ConvertToUtf32(text[at], text[at + 1]) : text[at];
    }

    /// <summary>Order by code point.</summary>
    public static int Compare(string a, string b)
    {
        int common = a.AsSpan().CommonPrefixLength(b);
        if (common == a.Length || common == b.Length)
            return a.Length.CompareTo(b.Length);

        // Pairs stand for code points above all others, though their units do not.
        char x = a[common], y = b[common];
        return char.IsSurrogate(x) == char.IsSurrogate(y) ? x.CompareTo(y) : char.IsSurrogate(x) ? 1 : -1;
    }

    /// <summary>Python's <c>isprintable</c>.</summary>
    public static bool IsPrintable(int codePoint)
    {
        if (codePoint is >= 0x20 and < 0x7F)
            return true;

        return System.Globalization.CharUnicodeInfo.GetUnicodeCategory(codePoint) is not (
            System.Globalization.UnicodeCategory.Control or System.Globalization.UnicodeCategory.Format
            or System.Globalization.UnicodeCategory.Surrogate or System.Globalization.UnicodeCategory.PrivateUse
            or System.Globalization.UnicodeCategory.OtherNotAssigned or System.Globalization.UnicodeCategory.LineSeparator
            or System.Globalization.UnicodeCategory.ParagraphSeparator or System.Globalization.UnicodeCategory.SpaceSeparator);
    }

    /// <summary>Python's <c>isspace</c>.</summary>
    public static bool IsSpace(char unit) => unit is (>= '\t' and <= '\r') or (>= '\x1c' and <= ' ') or '\x85' or '\xa0' or '\u1680'
        or (>= '\u2000' and <= '\u200a') or '\u2028' or '\u2029' or '\u202f' or '\u205f' or '\u3000';

    /// <summary>A code point as text; half a pair stands for itself.</summary>
    public static string Text(int codePoint) =>
        Rune.IsValid(codePoint) ? new Rune(codePoint).ToString() : ((char)codePoint).ToString();
}
