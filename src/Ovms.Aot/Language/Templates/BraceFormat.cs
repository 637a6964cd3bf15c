using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>Python's <c>text.format(…)</c>, with the attribute access of templates.</summary>
internal sealed class BraceFormat
{
    private readonly Renderer _renderer;
    private readonly JinjaValue[] _positional;
    private readonly JinjaDict _named;
    private readonly bool _marked;
    private int _next;
    private bool _manual;

    private BraceFormat(JinjaValue format, JinjaValue[] positional, JinjaDict named, Renderer renderer)
    {
        _renderer = renderer;
        _positional = positional;
        _named = named;
        _marked = format.Kind == JinjaKind.Markup;
    }

    /// <summary>The method <c>format</c>.</summary>
    public static JinjaValue Apply(JinjaValue format, in Arguments arguments, Renderer renderer) =>
        JinjaValue.Like(format, new BraceFormat(format, arguments.Positional, arguments.ToDict(), renderer).Run(format.Text, 2));

    /// <summary>The method <c>format_map</c>.</summary>
    public static JinjaValue ApplyMap(JinjaValue format, in Arguments arguments, Renderer renderer)
    {
        if (arguments is not { Positional: [{ Kind: JinjaKind.Dict } members], Named: [] })
            throw PythonFault.Type("format_map() takes exactly one argument, a dict");

        return JinjaValue.Like(format, new BraceFormat(format, [], members.Members, renderer).Run(format.Text, 2));
    }

    private string Run(string format, int levels)
    {
        if (levels < 0)
            throw PythonFault.Value("Max string recursion exceeded");

        TextBuffer text = _renderer.Budget.Scratch;
        int start = text.Length;
        for (int at = 0; at < format.Length;)
        {
            int brace = format.AsSpan(at).IndexOfAny('{', '}');
            text.Append(brace < 0 ? format.AsSpan(at) : format.AsSpan(at, brace));
            if (brace < 0)
                break;

            at += brace;
            if (at + 1 < format.Length && format[at + 1] == format[at])
            {
                text.Append(format[at]);
                at += 2;
                continue;
            }

            if (format[at] == '}')
                throw PythonFault.Value("Single '}' encountered in format string");

            int end = FieldEnd(format, at + 1);
            text.Append(Field(format[(at + 1)..end], levels));
            at = end + 1;
        }

        return text.Take(start);
    }

    private static int FieldEnd(string format, int from)
    {
        int depth = 1;
        for (int i = from; i < format.Length; i++)
        {
            depth += format[i] == '{' ? 1 : format[i] == '}' ? -1 : 0;
            if (depth == 0)
                return i;
        }

        throw PythonFault.Value(from == format.Length ? "Single '{' encountered in format string" : "expected '}' before end of string");
    }

    private string Field(string field, int levels)
    {
        int nameEnd = 0;
        for (bool bracket = false; nameEnd < field.Length && (bracket || field[nameEnd] is not (':' or '!')); nameEnd++)
            bracket = field[nameEnd] == '[' || (bracket && field[nameEnd] != ']');

        string name = field[..nameEnd];
        string rest = field[nameEnd..];
        char conversion = '\0';
        if (rest.StartsWith('!'))
        {
            if (rest.Length < 2 || (rest.Length > 2 && rest[2] != ':'))
                throw PythonFault.Value("expected ':' after conversion specifier");

            conversion = rest[1];
            rest = rest[2..];
        }

        JinjaValue value = Value(name);
        value = conversion switch
        {
            '\0' => value,
            's' => _renderer.Str(value),
            'r' or 'a' => PythonText.Repr(value, _renderer.Budget),
            _ => throw PythonFault.Value($"Unknown conversion specifier {conversion}"),
        };
        string spec = rest.Length > 1 ? Run(rest[1..], levels - 1) : "";
        string text = FormatSpec.Apply(value, spec, _renderer);
        return _marked && value.Kind != JinjaKind.Markup ? PythonStrings.Escape(text, _renderer.Budget) : text;
    }

    private JinjaValue Value(string name)
    {
        int end = name.AsSpan().IndexOfAny('.', '[');
        string first = end < 0 ? name : name[..end];
        JinjaValue value;
        if (first.Length == 0)
            value = Positional(_manual ? throw Mixed() : _next++);
        else if (first.All(char.IsAsciiDigit) && first.Length < 10)
            value = Manual(int.Parse(first));
        else if (!_named.TryGet(first, out value))
            throw new PythonFault("KeyError", $"'{first}'");

        for (int at = end < 0 ? name.Length : end; at < name.Length;)
        {
            if (name[at] == '.')
            {
                int stop = name.AsSpan(at + 1).IndexOfAny('.', '[') is >= 0 and int next ? at + 1 + next : name.Length;
                value = Attributes.Get(value, name[(at + 1)..stop]);
                at = stop;
                continue;
            }

            int close = name.IndexOf(']', at);
            if (name[at] != '[' || close < 0)
                throw PythonFault.Value("expected '.' or '[…]' in a field of a format string");

            string key = name[(at + 1)..close];
            value = Attributes.Element(value, key.Length is > 0 and < 10 && key.All(char.IsAsciiDigit) ? (JinjaValue)long.Parse(key) : key);
            at = close + 1;
        }

        return value;
    }

    private static PythonFault Mixed() =>
        PythonFault.Value("cannot switch between manual field specification and automatic field numbering");

    private JinjaValue Manual(int index)
    {
        _manual = true;
        return Positional(_next > 0 ? throw Mixed() : index);
    }

    private JinjaValue Positional(int index) => index < _positional.Length ? _positional[index]
        : throw new PythonFault("IndexError", "Replacement index " + index + " out of range for positional args tuple");
}
