using Ovms.Language.Values;
using static Ovms.Language.Values.PythonStrings;

namespace Ovms.Language.Templates;

/// <summary>The methods of texts that make texts or find something in them.</summary>
internal static class TextMethods
{
    /// <summary>The table.</summary>
    public static MethodRow[] Rows { get; } =
    [
        new("strip", "/ chars?", static (r, self, a) => Stripped(r, self, a[0], Ends.Both)),
        new("lstrip", "/ chars?", static (r, self, a) => Stripped(r, self, a[0], Ends.Start)),
        new("rstrip", "/ chars?", static (r, self, a) => Stripped(r, self, a[0], Ends.End)),
        new("split", "sep? maxsplit?", static (r, self, a) => Parts(r, self, a, fromEnd: false)),
        new("rsplit", "sep? maxsplit?", static (r, self, a) => Parts(r, self, a, fromEnd: true)),
        new("splitlines", "keepends?", static (r, self, a) =>
            JinjaValue.List([.. Lines(self.Text, a[0].IsTrue, r.Budget).Select(line => JinjaValue.Like(self, line))])),
        new("upper", "", static (r, self, a) => Made(r, self, PythonCase.Upper)),
        new("lower", "", static (r, self, a) => Made(r, self, PythonCase.Lower)),
        new("casefold", "", static (r, self, a) => Made(r, self, static text => PythonCase.Lower(text).Replace("ß", "ss"))),
        new("title", "", static (r, self, a) => Made(r, self, PythonCase.Title)),
        new("capitalize", "", static (r, self, a) => Made(r, self, PythonCase.Capitalize)),
        new("swapcase", "", static (r, self, a) => Made(r, self, PythonCase.Swap)),
        new("replace", "/ old new count?", static (r, self, a) => JinjaValue.Like(self,
            Replace(self.Text, Argument.Text(a[0], "replace"), Other(r, self, a[1], "replace"), Argument.Long(a[2], -1), r.Budget))),
        new("join", "/ iterable", static (r, self, a) => Joining.Join(r, self, a[0])),
        new("format", static (Renderer r, JinjaValue self, in Arguments a) => BraceFormat.Apply(self, a, r)),
        new("format_map", static (Renderer r, JinjaValue self, in Arguments a) => BraceFormat.ApplyMap(self, a, r)),
        new("center", "/ width fillchar?", static (r, self, a) => Filled(r, self, a, Ends.Both)),
        new("ljust", "/ width fillchar?", static (r, self, a) => Filled(r, self, a, Ends.End)),
        new("rjust", "/ width fillchar?", static (r, self, a) => Filled(r, self, a, Ends.Start)),
        new("zfill", "/ width", static (r, self, a) => ZeroFilled(r, self, Argument.Long(a[0]))),
        new("removeprefix", "/ prefix", static (r, self, a) => Argument.Text(a[0], "removeprefix") is var part
            && self.Text.StartsWith(part, StringComparison.Ordinal) ? JinjaValue.Like(self, self.Text[part.Length..]) : self),
        new("removesuffix", "/ suffix", static (r, self, a) => Argument.Text(a[0], "removesuffix") is var part
            && self.Text.EndsWith(part, StringComparison.Ordinal) ? JinjaValue.Like(self, self.Text[..^part.Length]) : self),
        new("partition", "/ sep", static (r, self, a) => Partition(self, a[0], fromEnd: false)),
        new("rpartition", "/ sep", static (r, self, a) => Partition(self, a[0], fromEnd: true)),
        new("expandtabs", "tabsize?", static (r, self, a) => JinjaValue.Like(self, ExpandTabs(r, self.Text, Argument.Long(a[0], 8)))),
        new("find", "/ sub start? end?", static (r, self, a) => Find(r, self.Text, a, last: false)),
        new("rfind", "/ sub start? end?", static (r, self, a) => Find(r, self.Text, a, last: true)),
        new("index", "/ sub start? end?", static (r, self, a) => Found(Find(r, self.Text, a, last: false))),
        new("rindex", "/ sub start? end?", static (r, self, a) => Found(Find(r, self.Text, a, last: true))),
        new("count", "/ sub start? end?", static (r, self, a) => Count(r, self.Text, a)),
        new("startswith", "/ prefix start? end?", static (r, self, a) => Begins(self.Text, a, "startswith",
            static (text, part) => text.StartsWith(part, StringComparison.Ordinal))),
        new("endswith", "/ suffix start? end?", static (r, self, a) => Begins(self.Text, a, "endswith",
            static (text, part) => text.EndsWith(part, StringComparison.Ordinal))),
    ];

    private static JinjaValue Stripped(Renderer renderer, JinjaValue self, JinjaValue characters, Ends ends)
    {
        string? set = characters.Kind is JinjaKind.Unset or JinjaKind.None ? null : Argument.Text(characters, "strip");
        renderer.Budget.Text(self.Text.Length);
        return JinjaValue.Like(self, Strip(self.Text, set, ends));
    }

    private static JinjaValue Made(Renderer renderer, JinjaValue self, Func<string, string> change)
    {
        renderer.Budget.Text(self.Text.Length);
        return JinjaValue.Like(self, change(self.Text));
    }

    private static JinjaValue Parts(Renderer renderer, JinjaValue self, JinjaValue[] a, bool fromEnd)
    {
        long most = Argument.Long(a[1], -1);
        JinjaValue[] parts = a[0].Kind is JinjaKind.Unset or JinjaKind.None
            ? SplitSpaces(self.Text, most, fromEnd, renderer.Budget)
            : Split(self.Text, Argument.Text(a[0], "split"), most, fromEnd, renderer.Budget);
        for (int i = 0; self.Kind == JinjaKind.Markup && i < parts.Length; i++)
            parts[i] = JinjaValue.Markup(parts[i].Text);

        return JinjaValue.List(parts);
    }

    private static string Other(Renderer renderer, JinjaValue self, JinjaValue value, string method)
    {
        string text = Argument.Text(value, method);
        return self.Kind == JinjaKind.Markup && value.Kind == JinjaKind.String ? Escape(text, renderer.Budget) : text;
    }

    private static JinjaValue Filled(Renderer renderer, JinjaValue self, JinjaValue[] a, Ends ends)
    {
        string fill = a[1].Kind == JinjaKind.Unset ? " " : Argument.Text(a[1], "center");
        return JinjaValue.Like(self, Fill(self.Text, Argument.Long(a[0]), fill, ends, renderer.Budget));
    }

    private static JinjaValue ZeroFilled(Renderer renderer, JinjaValue self, long width)
    {
        string text = self.Text;
        string sign = text.Length > 0 && text[0] is '+' or '-' ? text[..1] : "";
        return JinjaValue.Like(self, sign + Fill(text[sign.Length..], width - sign.Length, "0", Ends.Start, renderer.Budget));
    }

    private static JinjaValue Partition(JinjaValue self, JinjaValue separator, bool fromEnd)
    {
        string text = self.Text, sep = Argument.Text(separator, "partition");
        if (sep.Length == 0)
            throw PythonFault.Value("empty separator");

        int at = fromEnd ? TextSearch.Last(text, sep, text.Length) : TextSearch.Find(text, sep);
        (string before, string middle, string after) = at >= 0 ? (text[..at], sep, text[(at + sep.Length)..])
            : fromEnd ? ("", "", text) : (text, "", "");
        return JinjaValue.Tuple(JinjaValue.Like(self, before), JinjaValue.Like(self, middle), JinjaValue.Like(self, after));
    }

    private static string ExpandTabs(Renderer renderer, string text, long size)
    {
        TextBuffer result = renderer.Budget.Scratch;
        int start = result.Length;
        long column = 0;
        foreach (char one in text)
        {
            if (one == '\t')
            {
                long spaces = size <= 0 ? 0 : size - (column % size);
                result.Append(' ', spaces);
                column += spaces;
                continue;
            }

            result.Append(one);
            column = one is '\n' or '\r' ? 0 : column + 1;
        }

        return result.Take(start);
    }

    // The part of a text that `start` and `end` name, in UTF-16 units; false if start lies behind the end.
    private static bool Window(string text, JinjaValue[] a, out int from, out int to, out int[]? starts)
    {
        starts = CodePoints.Starts(text);
        long length = starts is null ? text.Length : starts.Length - 1;
        long first = Argument.Long(a[1], 0), last = Argument.Long(a[2], length);
        first = first < 0 ? Math.Max(0, first + length) : first;
        last = Math.Min(length, last < 0 ? Math.Max(0, last + length) : last);
        from = to = 0;
        if (first > last)
            return false;

        from = starts is null ? (int)first : starts[first];
        to = starts is null ? (int)last : starts[last];
        return true;
    }

    private static long Find(Renderer renderer, string text, JinjaValue[] a, bool last)
    {
        string part = Argument.Text(a[0], "find");
        renderer.Budget.Text(text.Length);
        if (!Window(text, a, out int from, out int to, out int[]? starts))
            return -1;

        int at = last ? TextSearch.Last(text[from..to], part, to - from) : TextSearch.Find(text[from..to], part);
        return at < 0 ? -1 : starts is null ? from + at : Array.IndexOf(starts, from + at);
    }

    private static JinjaValue Found(long at) => at >= 0 ? at : throw PythonFault.Value("substring not found");

    private static JinjaValue Count(Renderer renderer, string text, JinjaValue[] a)
    {
        string part = Argument.Text(a[0], "count");
        renderer.Budget.Text(text.Length);
        if (!Window(text, a, out int from, out int to, out _))
            return 0;

        string window = text[from..to];
        return part.Length == 0 ? CodePoints.Count(window) + 1L : TextSearch.Count(window, part);
    }

    private static JinjaValue Begins(string text, JinjaValue[] a, string method, Func<string, string, bool> test)
    {
        if (a[0].Kind != JinjaKind.Tuple && !a[0].IsText)
            throw PythonFault.Type($"{method} first arg must be str or a tuple of str, not {a[0].TypeName}");

        if (!Window(text, a, out int from, out int to, out _))
            return false;

        string window = from == 0 && to == text.Length ? text : text[from..to];
        if (a[0].IsText)
            return test(window, a[0].Text);

        foreach (JinjaValue part in a[0].Items.Span)
        {
            if (test(window, Argument.Text(part, method)))
                return true;
        }

        return false;
    }
}
