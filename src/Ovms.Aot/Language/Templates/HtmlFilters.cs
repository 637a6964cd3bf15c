using System.Net;
using System.Text;
using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>The filters for HTML and addresses.</summary>
internal static class HtmlFilters
{
    /// <summary>The table.</summary>
    public static MethodRow[] Rows { get; } =
    [
        new("safe", "", static (r, x, a) => JinjaValue.Markup(r.Str(x))),
        new("escape", "", static (r, x, a) => Escape(r, x)),
        new("e", "", static (r, x, a) => Escape(r, x)),
        new("forceescape", "", static (r, x, a) => JinjaValue.Markup(PythonStrings.Escape(r.Str(x), r.Budget))),
        new("striptags", "", static (r, x, a) => StripTags(r, r.Str(x))),
        new("urlencode", "", static (r, x, a) => UrlEncode(r, x)),
        new("xmlattr", "autospace?", XmlAttributes),
    ];

    private static JinjaValue Escape(Renderer renderer, JinjaValue value) =>
        value.Kind == JinjaKind.Markup ? value : JinjaValue.Markup(PythonStrings.Escape(renderer.Str(value), renderer.Budget));

    private static JinjaValue StripTags(Renderer renderer, string text)
    {
        renderer.Budget.Text(text.Length);
        text = Without(Without(text, "<!--", "-->"), "<", ">");
        IEnumerable<string> words = PythonStrings.SplitSpaces(text, -1, false, renderer.Budget).Select(static word => word.Text);
        return WebUtility.HtmlDecode(string.Join(' ', words));
    }

    private static string Without(string text, string open, string close)
    {
        StringBuilder result = new(text.Length);
        int from = 0;
        while (text.IndexOf(open, from, StringComparison.Ordinal) is >= 0 and int start
            && text.IndexOf(close, start, StringComparison.Ordinal) is >= 0 and int end)
        {
            result.Append(text, from, start - from);
            from = end + close.Length;
        }

        return result.Append(text, from, text.Length - from).ToString();
    }

    private static JinjaValue UrlEncode(Renderer renderer, JinjaValue value)
    {
        if (value.IsText || Iteration.Of(value, renderer.Budget) is null)
            return Quote(renderer, value, "/");

        JinjaValue pairs = value.Kind == JinjaKind.Dict ? JinjaValue.Of(new DictView(value.Members, DictView.Part.Items)) : value;
        List<string> parts = [];
        foreach (JinjaValue pair in renderer.ToArray(pairs))
        {
            JinjaValue[] two = renderer.ToArray(pair);
            if (two.Length != 2)
                throw PythonFault.Value($"not enough values to unpack (expected 2, got {two.Length})");

            parts.Add($"{Quote(renderer, two[0], "").Replace("%20", "+")}={Quote(renderer, two[1], "").Replace("%20", "+")}");
        }

        return string.Join('&', parts);
    }

    private static string Quote(Renderer renderer, JinjaValue value, string safe)
    {
        TextBuffer text = renderer.Budget.Scratch;
        int start = text.Length;
        foreach (byte one in Encoding.UTF8.GetBytes(renderer.Str(value)))
        {
            if (char.IsAsciiLetterOrDigit((char)one) || one is (byte)'_' or (byte)'.' or (byte)'-' or (byte)'~' || safe.Contains((char)one))
                text.Append((char)one);
            else
                text.Append($"%{one:X2}");
        }

        return text.Take(start);
    }

    private static JinjaValue XmlAttributes(Renderer renderer, JinjaValue value, JinjaValue[] a)
    {
        if (value.Kind != JinjaKind.Dict)
            throw PythonFault.Missing(value, "items");

        StringBuilder result = new();
        for (int i = 0; i < value.Members.Count; i++)
        {
            (JinjaValue key, JinjaValue member) = value.Members.At(i);
            if (member.IsNone || member.IsUndefined)
                continue;

            string name = Argument.Text(key, "search");
            if (name.AsSpan().IndexOfAny("/>= \t\n\r\f\v") >= 0)
                throw PythonFault.Value($"Invalid character in attribute name: '{name}'");

            if (result.Length > 0 || Argument.Truth(a[0], true))
                result.Append(' ');

            result.Append(Escape(renderer, key).Text).Append("=\"").Append(Escape(renderer, member).Text).Append('"');
            renderer.Budget.Text(result.Length);
        }

        return result.ToString();
    }
}
