using System.Globalization;
using System.Text;

namespace Ovms.Language.Values;

/// <summary>Upper, lower and title case as Python has them.</summary>
internal static class PythonCase
{
    /// <summary>Python's <c>upper</c>.</summary>
    public static string Upper(string text)
    {
        if (Ascii.IsValid(text))
            return text.ToUpperInvariant();

        StringBuilder result = new(text.Length);
        for (int at = 0; at < text.Length;)
        {
            int point = CodePoints.At(text, at, out int units);
            result.Append(Upper(point));
            at += units;
        }

        return result.ToString();
    }

    /// <summary>Python's <c>lower</c>.</summary>
    public static string Lower(string text)
    {
        if (Ascii.IsValid(text))
            return text.ToLowerInvariant();

        StringBuilder result = new(text.Length);
        for (int at = 0; at < text.Length;)
        {
            int point = CodePoints.At(text, at, out int units);
            result.Append(point == 'Σ' && IsFinal(text, at) ? "ς" : Lower(point));
            at += units;
        }

        return result.ToString();
    }

    /// <summary>Python's <c>title</c>: each letter after one that has no case.</summary>
    public static string Title(string text) => Each(text, static (previous, _) => !IsCased(previous));

    /// <summary>Python's <c>capitalize</c>.</summary>
    public static string Capitalize(string text) => Each(text, static (_, at) => at == 0);

    /// <summary>Python's <c>swapcase</c>.</summary>
    public static string Swap(string text)
    {
        StringBuilder result = new(text.Length);
        for (int at = 0; at < text.Length;)
        {
            int point = CodePoints.At(text, at, out int units);
            result.Append(IsUpper(point) ? Lower(point) : IsLower(point) ? Upper(point) : CodePoints.Text(point));
            at += units;
        }

        return result.ToString();
    }

    /// <summary>Whether there are letters with case, and all of them are upper or, if <paramref name="upper"/> is false, lower.</summary>
    public static bool IsAll(string text, bool upper)
    {
        bool any = false;
        for (int at = 0; at < text.Length;)
        {
            int point = CodePoints.At(text, at, out int units);
            if (upper ? IsLower(point) || IsTitle(point) : IsUpper(point) || IsTitle(point))
                return false;

            any |= upper ? IsUpper(point) : IsLower(point);
            at += units;
        }

        return any;
    }

    /// <summary>Python's <c>istitle</c>.</summary>
    public static bool IsTitled(string text)
    {
        bool any = false, previous = false;
        for (int at = 0; at < text.Length;)
        {
            int point = CodePoints.At(text, at, out int units);
            bool upper = IsUpper(point) || IsTitle(point), lower = IsLower(point);
            if ((upper && previous) || (lower && !previous))
                return false;

            previous = upper || lower;
            any |= previous;
            at += units;
        }

        return any;
    }

    private static string Each(string text, Func<int, int, bool> isStart)
    {
        StringBuilder result = new(text.Length);
        for (int at = 0, previous = 0; at < text.Length;)
        {
            int point = CodePoints.At(text, at, out int units);
            result.Append(isStart(previous, at) ? Title(point) : point == 'Σ' && IsFinal(text, at) ? "ς" : Lower(point));
            previous = point;
            at += units;
        }

        return result.ToString();
    }

    private static string Upper(int point) =>
        point <= char.MaxValue && CaseTables.Upper.TryGetValue((char)point, out string? special) ? special
        : Rune.IsValid(point) ? Rune.ToUpperInvariant(new Rune(point)).ToString() : CodePoints.Text(point);

    private static string Title(int point) =>
        point <= char.MaxValue && CaseTables.Title.TryGetValue((char)point, out string? special) ? special : Upper(point);

    private static string Lower(int point) => point == 'İ' ? "i\u0307"
        : Rune.IsValid(point) ? Rune.ToLowerInvariant(new Rune(point)).ToString() : CodePoints.Text(point);

    private static bool IsCased(int point) => IsUpper(point) || IsLower(point) || IsTitle(point);

    private static bool IsUpper(int point) => CharUnicodeInfo.GetUnicodeCategory(point) == UnicodeCategory.UppercaseLetter
        || point is (>= 0x2160 and <= 0x216F) or (>= 0x24B6 and <= 0x24CF);

    private static bool IsLower(int point) => CharUnicodeInfo.GetUnicodeCategory(point) == UnicodeCategory.LowercaseLetter
        || point is 0xAA or 0xBA or (>= 0x2170 and <= 0x217F) or (>= 0x24D0 and <= 0x24E9) or (>= 0x2B0 and <= 0x2B8);

    private static bool IsTitle(int point) => CharUnicodeInfo.GetUnicodeCategory(point) == UnicodeCategory.TitlecaseLetter;

    // A sigma is final after a letter with case and before none; marks and apostrophes between do not count.
    private static bool IsFinal(string text, int at)
    {
        int before = at - 1, after = at + 1;
        while (before >= 0 && IsIgnored(text[before]))
            before--;

        while (after < text.Length && IsIgnored(text[after]))
            after++;

        return before >= 0 && IsCased(text[before]) && (after == text.Length || !IsCased(text[after]));
    }

    private static bool IsIgnored(char one) => one is '\'' or '.' or ':' or '^' or '`' or '\u00AD' or '·' or '’'
        || CharUnicodeInfo.GetUnicodeCategory(one) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark
            or UnicodeCategory.Format or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol;
}
