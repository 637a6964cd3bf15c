using System.Globalization;

namespace Ovms.Language.Values;

/// <summary>Writes a value as Python's <c>json.dumps</c> does.</summary>
/// <param name="budget">What may still be used.</param>
/// <param name="ascii">Whether characters beyond ASCII are escaped (<c>ensure_ascii</c>).</param>
/// <param name="indent">What one level is indented by; null for one line.</param>
/// <param name="itemSeparator">Between elements.</param>
/// <param name="keySeparator">Between a key and its value.</param>
/// <param name="sorted">Whether members are sorted by key (<c>sort_keys</c>).</param>
internal sealed class PythonJson(
    RenderBudget budget, bool ascii, string? indent, string itemSeparator, string keySeparator, bool sorted)
{
    private const int DepthLimit = 200;

    private readonly TextBuffer _text = budget.Scratch;

    /// <summary>The text of a value. Types that JSON does not have fail.</summary>
    public string Write(JinjaValue value)
    {
        int start = _text.Length;
        Append(value, 0);
        return _text.Take(start);
    }

    private void Append(JinjaValue value, int level)
    {
        if (level > DepthLimit)
            throw PythonFault.TooMuch($"a value of more than {DepthLimit} levels");

        budget.Step();
        switch (value.Kind)
        {
            case JinjaKind.String or JinjaKind.Markup:
                AppendText(value.Text);
                break;
            case JinjaKind.List or JinjaKind.Tuple:
                AppendList(value.Items, level);
                break;
            case JinjaKind.Dict:
                AppendDict(value.Members, level);
                break;
            case JinjaKind.Undefined or JinjaKind.Object:
                throw PythonFault.Type($"Object of type {value.TypeName} is not JSON serializable");
            default:
                _text.Append(Plain(value));
                break;
        }
    }

    private string Plain(JinjaValue value) => value.Kind switch
    {
        JinjaKind.None => "null",
        JinjaKind.Bool => value.Long != 0 ? "true" : "false",
        JinjaKind.Float when double.IsNaN(value.Double) => "NaN",
        JinjaKind.Float when double.IsInfinity(value.Double) => value.Double > 0 ? "Infinity" : "-Infinity",
        _ => PythonText.Repr(value, budget),
    };

    private void AppendList(JinjaList items, int level)
    {
        if (items.Count == 0)
        {
            _text.Append("[]");
            return;
        }

        _text.Append('[');
        for (int i = 0; i < items.Count; i++)
        {
            if (i > 0)
                _text.Append(itemSeparator);
            NewLine(level + 1);
            Append(items[i], level + 1);
        }

        NewLine(level);
        _text.Append(']');
    }

    private void AppendDict(JinjaDict members, int level)
    {
        if (members.Count == 0)
        {
            _text.Append("{}");
            return;
        }

        _text.Append('{');
        int[]? order = sorted ? PythonSort.Order(members.Keys, false, budget) : null;
        for (int i = 0; i < members.Count; i++)
        {
            (JinjaValue key, JinjaValue member) = members.At(order is null ? i : order[i]);
            if (i > 0)
                _text.Append(itemSeparator);
            NewLine(level + 1);
            if (key.Kind is JinjaKind.Tuple or JinjaKind.Object or JinjaKind.Undefined)
                throw PythonFault.Type($"keys must be str, int, float, bool or None, not {key.TypeName}");

            AppendText(key.IsText ? key.Text : Plain(key));
            _text.Append(keySeparator);
            Append(member, level + 1);
        }

        NewLine(level);
        _text.Append('}');
    }

    private void NewLine(int level)
    {
        if (indent is null)
            return;

        _text.Append('\n');
        for (int i = 0; i < level; i++)
            _text.Append(indent);
    }

    private void AppendText(string text)
    {
        _text.Append('"');
        int from = 0;
        for (int i = 0; i < text.Length; i++)
        {
            char one = text[i];
            if (one >= ' ' && one != '"' && one != '\\' && (!ascii || one <= 0x7F))
                continue;

            _text.Append(text.AsSpan(from, i - from));
            from = i + 1;
            _text.Append(one switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\b' => "\\b",
                '\f' => "\\f",
                _ => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)one:x4}"),
            });
        }

        _text.Append(text.AsSpan(from));
        _text.Append('"');
    }
}
