namespace Ovms.Language.Values;

/// <summary>Python's operations on texts that take lengths from the caller: every result is counted before it is made.</summary>
internal static class PythonStrings
{
    /// <summary>Which end of a text is stripped or filled.</summary>
    [Flags]
    public enum Ends
    {
        /// <summary>The beginning.</summary>
        Start = 1,

        /// <summary>The end.</summary>
        End = 2,

        /// <summary>Both.</summary>
        Both = 3,
    }

    /// <summary>Python's <c>strip</c>, <c>lstrip</c> and <c>rstrip</c>.</summary>
    /// <param name="characters">The set of characters to remove; null for spaces.</param>
    public static string Strip(string text, string? characters, Ends ends)
    {
        int from = 0, to = text.Length;
        if (characters is not null && CodePoints.HasPairs(characters))
            return StripPairs(text, characters, ends);

        System.Buffers.SearchValues<char>? set = characters?.Length > 8 ? System.Buffers.SearchValues.Create(characters) : null;
        while ((ends & Ends.Start) != 0 && from < to && Contains(characters, set, text[from]))
            from++;

        while ((ends & Ends.End) != 0 && to > from && Contains(characters, set, text[to - 1]))
            to--;

        return from == 0 && to == text.Length ? text : text[from..to];
    }

    /// <summary>Python's <c>split</c> and <c>rsplit</c> at runs of spaces.</summary>
    /// <param name="most">The most splits; negative for all.</param>
    public static JinjaValue[] SplitSpaces(string text, long most, bool fromEnd, RenderBudget budget)
    {
        List<JinjaValue> parts = [];
        budget.Text(text.Length);
        if (fromEnd)
        {
            for (int to = text.Length; ;)
            {
                while (to > 0 && CodePoints.IsSpace(text[to - 1]))
                    to--;

                if (to == 0)
                    break;

                int from = to;
                if (most >= 0 && parts.Count >= most)
                    from = 0;

                while (from > 0 && !CodePoints.IsSpace(text[from - 1]))
                    from--;

                budget.Step();
                parts.Add(text[from..to]);
                to = from;
            }

            parts.Reverse();
            return [.. parts];
        }

        for (int from = 0; ;)
        {
            while (from < text.Length && CodePoints.IsSpace(text[from]))
                from++;

            if (from == text.Length)
                return [.. parts];

            int to = from;
            if (most >= 0 && parts.Count >= most)
                to = text.Length;

            while (to < text.Length && !CodePoints.IsSpace(text[to]))
                to++;

            budget.Step();
            parts.Add(text[from..to]);
            from = to;
        }
    }

    /// <summary>Python's <c>split</c> and <c>rsplit</c> at a separator.</summary>
    public static JinjaValue[] Split(string text, string separator, long most, bool fromEnd, RenderBudget budget)
    {
        if (separator.Length == 0)
            throw PythonFault.Value("empty separator");

        budget.Text(text.Length);
        List<int> cuts = [];
        if (fromEnd)
        {
            int end = text.Length;
            while ((most < 0 || cuts.Count < most) && TextSearch.Last(text, separator, end) is >= 0 and int at)
            {
                budget.Step(1 + (separator.Length > 32 ? end : 0));
                cuts.Add(at);
                end = at;
            }

            cuts.Reverse();
        }
        else
        {
            TextSearch search = new(separator);
            for (int at = 0; (most < 0 || cuts.Count < most) && (at = search.Next(text, at)) >= 0; at += separator.Length)
            {
                budget.Step();
                cuts.Add(at);
            }
        }

        JinjaValue[] parts = new JinjaValue[cuts.Count + 1];
        int from = 0;
        for (int i = 0; i < cuts.Count; i++)
        {
            parts[i] = text[from..cuts[i]];
            from = cuts[i] + separator.Length;
        }

        parts[^1] = text[from..];
        return parts;
    }

    /// <summary>Python's <c>splitlines</c>.</summary>
    /// <param name="keep">Whether the ends of the lines stay.</param>
    public static List<string> Lines(string text, bool keep, RenderBudget budget)
    {
        List<string> lines = [];
        budget.Text(text.Length);
        for (int from = 0; from < text.Length;)
        {
            int to = from;
            while (to < text.Length && !IsLineEnd(text[to]))
                to++;

            int next = to == text.Length ? to : text[to] == '\r' && to + 1 < text.Length && text[to + 1] == '\n' ? to + 2 : to + 1;
            budget.Step();
            lines.Add(text[from..(keep ? next : to)]);
            from = next;
        }

        return lines;
    }

    /// <summary>Python's <c>replace</c>.</summary>
    /// <param name="most">The most replacements; negative for all.</param>
    public static string Replace(string text, string old, string with, long most, RenderBudget budget)
    {
        TextBuffer result = budget.Scratch;
        int start = result.Length, from = 0;
        if (old.Length == 0)
        {
            int[]? starts = CodePoints.Starts(text);
            long places = Math.Min(most < 0 ? long.MaxValue : most, (starts?.Length - 1 ?? text.Length) + 1L);
            for (int i = 0; i < places; i++)
            {
                int at = starts is null ? i : starts[i];
                result.Append(text.AsSpan(from, at - from));
                result.Append(with);
                from = at;
            }
        }
        else
        {
            TextSearch search = new(old);
            int at;
            for (long done = 0; (most < 0 || done < most) && (at = search.Next(text, from)) >= 0; done++)
            {
                budget.Step();
                result.Append(text.AsSpan(from, at - from));
                result.Append(with);
                from = at + old.Length;
            }

            if (from == 0)
                return text;
        }

        result.Append(text.AsSpan(from));
        return result.Take(start);
    }

    /// <summary>A text many times.</summary>
    public static string Repeat(string text, JinjaValue times, RenderBudget budget)
    {
        if (times.Kind == JinjaKind.BigInt && times.Big.Sign > 0)
            throw new PythonFault("OverflowError", "cannot fit 'int' into an index-sized integer");

        long count = times.Kind == JinjaKind.BigInt ? 0 : Math.Max(0, times.Long);
        if (text.Length == 0 || count == 0)
            return "";

        budget.Text(count > int.MaxValue ? long.MaxValue : text.Length * count);
        return string.Create((int)(text.Length * count), text, static (span, part) =>
        {
            for (int at = 0; at < span.Length; at += part.Length)
                part.CopyTo(span[at..]);
        });
    }

    /// <summary>Python's <c>center</c>, <c>ljust</c> and <c>rjust</c>.</summary>
    /// <param name="ends">Where the text is filled.</param>
    public static string Fill(string text, long width, string fill, Ends ends, RenderBudget budget)
    {
        if (CodePoints.Count(fill) != 1)
            throw PythonFault.Type("The fill character must be exactly one character long");

        long missing = width - CodePoints.Count(text);
        if (missing <= 0)
            return text;

        long left = ends switch { Ends.Start => missing, Ends.End => 0, _ => (missing / 2) + (missing & width & 1) };
        return Repeat(fill, left, budget) + text + Repeat(fill, missing - left, budget);
    }

    /// <summary>The HTML-escaped text.</summary>
    public static string Escape(string text, RenderBudget budget)
    {
        if (text.AsSpan().IndexOfAny("&<>'\"") < 0)
            return text;

        TextBuffer result = budget.Scratch;
        int start = result.Length;
        foreach (char one in text)
        {
            switch (one)
            {
                case '&':
                    result.Append("&amp;");
                    break;
                case '<':
                    result.Append("&lt;");
                    break;
                case '>':
                    result.Append("&gt;");
                    break;
                case '\'':
                    result.Append("&#39;");
                    break;
                case '"':
                    result.Append("&#34;");
                    break;
                default:
                    result.Append(one);
                    break;
            }
        }

        return result.Take(start);
    }

    private static bool IsLineEnd(char one) =>
        one is (>= '\n' and <= '\r') or (>= '\x1c' and <= '\x1e') or '\x85' or '\u2028' or '\u2029';

    private static bool Contains(string? characters, System.Buffers.SearchValues<char>? set, char one) =>
        characters is null ? CodePoints.IsSpace(one) : set?.Contains(one) ?? characters.Contains(one);

    private static string StripPairs(string text, string characters, Ends ends)
    {
        int[] starts = CodePoints.Starts(text) ?? [.. Enumerable.Range(0, text.Length + 1)];
        HashSet<int> set = [];
        for (int at = 0; at < characters.Length;)
        {
            set.Add(CodePoints.At(characters, at, out int units));
            at += units;
        }

        int from = 0, to = starts.Length - 1;
        while ((ends & Ends.Start) != 0 && from < to && set.Contains(CodePoints.At(text, starts[from], out _)))
            from++;

        while ((ends & Ends.End) != 0 && to > from && set.Contains(CodePoints.At(text, starts[to - 1], out _)))
            to--;

        return text[starts[from]..starts[to]];
    }
}
