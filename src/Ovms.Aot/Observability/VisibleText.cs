using System.Globalization;
using System.Text;

namespace Ovms.Observability;

/// <summary>
/// Escapes invisible characters and terminal controls as \uXXXX in texts for logs and responses. An example is U+202E, which reverses
/// the rest of a line. In a JSON text the result means the same as before.
/// </summary>
internal static class VisibleText
{
    // First half of the surrogate pairs of the tag characters, which are invisible.
    private const char UpperHalfOfTags = '\uDB40';

    /// <summary>The escaped text; the same object if nothing needs escaping. Keeps line breaks and tabs for the log formatter.</summary>
    public static string Of(string text)
    {
        int at = FindHidden(text, 0);
        if (at < 0)
        {
            return text;
        }

        StringBuilder visible = new(text.Length + 16);
        int done = 0;
        for (; at >= 0; at = FindHidden(text, done))
        {
            visible.Append(text, done, at - done);
            done = at + (text[at] == UpperHalfOfTags && text.Length > at + 1 ? 2 : 1);
            for (; at < done; at++)
            {
                visible.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[at]:X4}");
            }
        }

        return visible.Append(text, done, text.Length - done).ToString();
    }

    private static int FindHidden(string text, int start)
    {
        for (int i = start; i < text.Length; i++)
        {
            char c = text[i];
            if (c is not (>= ' ' and < '\x7F') && IsHidden(c))
            {
                return i;
            }
        }

        return -1;
    }

    private static bool IsHidden(char c) => c is not ('\n' or '\r' or '\t') && (c == UpperHalfOfTags || char.GetUnicodeCategory(c) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
