using System.Text;
using Ovms.Language.Values;
using static Ovms.Language.Values.PythonStrings;

namespace Ovms.Language.Templates;

/// <summary>The filters that make texts.</summary>
internal static class TextFilters
{
    /// <summary>The table.</summary>
    public static MethodRow[] Rows { get; } =
    [
        new("string", "", static (r, x, a) => Soft(r, x)),
        new("trim", "chars?", static (r, x, a) => Trim(Soft(r, x), a[0])),
        new("upper", "", static (r, x, a) => Changed(r, x, PythonCase.Upper)),
        new("lower", "", static (r, x, a) => Changed(r, x, PythonCase.Lower)),
        new("capitalize", "", static (r, x, a) => Changed(r, x, PythonCase.Capitalize)),
        new("title", "", static (r, x, a) => Title(r, r.Str(x))),
        new("replace", "old new count?", static (r, x, a) =>
            Replace(r.Str(x), r.Str(a[0]), r.Str(a[1]), Argument.Long(a[2], -1), r.Budget)),
        new("center", "width?", static (r, x, a) => Center(r, Soft(r, x), Argument.Long(a[0], 80))),
        new("format", static (Renderer r, JinjaValue x, in Arguments a) => Format(r, x, a)),
        new("indent", "width? first? blank?", Indent),
        new("truncate", "length? killwords? end? leeway?", Truncate),
        new("wordcount", "", static (r, x, a) => WordCount(r.Str(x))),
        new("wordwrap", "width? break_long_words? wrapstring? break_on_hyphens?", WordWrap.Apply),
        new("join", "d? attribute?", static (r, x, a) => Joining.JoinAll(r, x, a)),
    ];

    /// <summary>The value as a text; a marked text stays marked.</summary>
    public static JinjaValue Soft(Renderer renderer, JinjaValue value) => value.IsText ? value : renderer.Str(value);

    private static JinjaValue Trim(JinjaValue text, JinjaValue characters)
    {
        string? set = characters.Kind is JinjaKind.Unset or JinjaKind.None ? null : Argument.Text(characters, "strip");
        return JinjaValue.Like(text, Strip(text.Text, set, Ends.Both));
    }

    private static JinjaValue Center(Renderer renderer, JinjaValue text, long width) =>
        JinjaValue.Like(text, Fill(text.Text, width, " ", Ends.Both, renderer.Budget));

    private static JinjaValue Changed(Renderer renderer, JinjaValue value, Func<string, string> change)
    {
        JinjaValue text = Soft(renderer, value);
        renderer.Budget.Text(text.Text.Length);
        return JinjaValue.Like(text, change(text.Text));
    }

    // A word begins after spaces, hyphens and opening brackets; unlike the method `title`, not after an apostrophe.
    private static JinjaValue Title(Renderer renderer, string text)
    {
        renderer.Budget.Text(text.Length);
        StringBuilder result = new(text.Length);
        for (int at = 0; at < text.Length;)
        {
            int end = at;
            bool isGap = IsGap(text[at]);
            while (end < text.Length && IsGap(text[end]) == isGap)
                end++;

            CodePoints.At(text, at, out int units);
            result.Append(PythonCase.Upper(text.Substring(at, units))).Append(PythonCase.Lower(text[(at + units)..end]));
            at = end;
        }

        return result.ToString();

        static bool IsGap(char one) => one is '-' or '(' or '{' or '[' or '<' || CodePoints.IsSpace(one);
    }

    private static JinjaValue Format(Renderer renderer, JinjaValue value, in Arguments arguments)
    {
        if (arguments.Positional.Length > 0 && arguments.Named.Length > 0)
            throw PythonFault.Argument("can't handle positional and keyword arguments at the same time");

        JinjaValue values = arguments.Named.Length > 0 ? JinjaValue.Dict(arguments.ToDict()) : JinjaValue.Tuple(arguments.Positional);
        return PercentFormat.Apply(Soft(renderer, value), values, renderer);
    }

    private static JinjaValue Indent(Renderer renderer, JinjaValue value, JinjaValue[] a)
    {
        string indention = a[0].IsText ? a[0].Text
            : Repeat(" ", a[0].Kind == JinjaKind.Unset ? 4 : Argument.Long(a[0]), renderer.Budget);
        if (value.Kind == JinjaKind.List)
            throw PythonFault.Missing(value, "splitlines");

        if (!value.IsText)
            throw PythonFault.Misused(value, $"unsupported operand type(s) for +=: '{value.TypeName}' and 'str'");

        bool blank = Argument.Truth(a[2], false);
        List<string> lines = Lines(value.Text + "\n", false, renderer.Budget);
        TextBuffer text = renderer.Budget.Scratch;
        int start = text.Length;
        for (int i = 0; i < lines.Count; i++)
        {
            if (i > 0)
                text.Append('\n');

            if (i == 0 ? Argument.Truth(a[1], false) : blank || lines[i].Length > 0)
                text.Append(indention);

            text.Append(lines[i]);
        }

        return JinjaValue.Like(value, text.Take(start));
    }

    private static JinjaValue Truncate(Renderer renderer, JinjaValue value, JinjaValue[] a)
    {
        long length = Argument.Long(a[0], 255), leeway = Argument.Long(a[3], 5);
        string end = Argument.Text(a[2], "truncate", "...");
        if (length < CodePoints.Count(end) || leeway < 0)
            throw new PythonFault("AssertionError", $"expected length >= {CodePoints.Count(end)}, got {length}");

        if (Iteration.Length(value) is var count && count < 0)
            throw PythonFault.Type($"object of type '{value.TypeName}' has no len()");

        if (count <= length + leeway)
            return value;

        JinjaValue cut = Slicing.Slice(value, JinjaValue.None, length - CodePoints.Count(end), JinjaValue.None, renderer.Budget);
        if (Argument.Truth(a[1], false))
            return Operators.Compute("+", cut, end, renderer);

        string kept = cut.IsText ? cut.Text : throw PythonFault.Missing(cut, "rsplit");
        int space = kept.LastIndexOf(' ');
        return Operators.Compute("+", JinjaValue.Like(cut, space < 0 ? kept : kept[..space]), end, renderer);
    }

    private static JinjaValue WordCount(string text)
    {
        long count = 0;
        bool inWord = false;
        for (int at = 0; at < text.Length;)
        {
            int point = CodePoints.At(text, at, out int units);
            bool isWord = point == '_' || (Rune.IsValid(point) && Rune.IsLetterOrDigit(new Rune(point)));
            count += isWord && !inWord ? 1 : 0;
            inWord = isWord;
            at += units;
        }

        return count;
    }
}
