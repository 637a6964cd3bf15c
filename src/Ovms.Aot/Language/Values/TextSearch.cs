namespace Ovms.Language.Values;

/// <summary>
/// Finds a text in another in linear time. Short needles go through the runtime's search, whose worst case is the product of both lengths.
/// </summary>
internal sealed class TextSearch
{
    private const int ShortNeedle = 32;

    private readonly string _needle;
    private readonly int[]? _border;

    /// <param name="needle">What is looked for; not empty.</param>
    public TextSearch(string needle)
    {
        _needle = needle;
        if (needle.Length > ShortNeedle)
            _border = Borders(needle);
    }

    /// <summary>Where the needle first occurs in the text from <paramref name="start"/> on, or -1.</summary>
    public int Next(string text, int start)
    {
        if (_border is null)
        {
            int found = text.AsSpan(start).IndexOf(_needle, StringComparison.Ordinal);
            return found < 0 ? -1 : start + found;
        }

        for (int i = start, matched = 0; i < text.Length; i++)
        {
            while (matched > 0 && text[i] != _needle[matched])
                matched = _border[matched - 1];

            if (text[i] == _needle[matched] && ++matched == _needle.Length)
                return i + 1 - matched;
        }

        return -1;
    }

    /// <summary>Where a needle first occurs, or -1.</summary>
    public static int Find(string text, string needle) => needle.Length == 0 ? 0 : new TextSearch(needle).Next(text, 0);

    /// <summary>Where a needle last occurs in the first <paramref name="end"/> characters, or -1.</summary>
    public static int Last(string text, string needle, int end)
    {
        if (needle.Length <= ShortNeedle)
            return needle.Length == 0 ? end : text.AsSpan(0, end).LastIndexOf(needle, StringComparison.Ordinal);

        TextSearch search = new(needle);
        int last = -1;
        for (int at = search.Next(text, 0); at >= 0 && at + needle.Length <= end; at = search.Next(text, at + 1))
            last = at;

        return last;
    }

    /// <summary>How often a needle occurs, without overlaps.</summary>
    public static int Count(string text, string needle)
    {
        TextSearch search = new(needle);
        int count = 0;
        for (int at = search.Next(text, 0); at >= 0; at = search.Next(text, at + needle.Length))
            count++;

        return count;
    }

    // For each prefix, the length of its longest proper prefix that is also its end.
    private static int[] Borders(string needle)
    {
        int[] border = new int[needle.Length];
        for (int i = 1, matched = 0; i < needle.Length; i++)
        {
            while (matched > 0 && needle[i] != needle[matched])
                matched = border[matched - 1];

            if (needle[i] == needle[matched])
                matched++;

            border[i] = matched;
        }

        return border;
    }
}
