using System.Numerics;
using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>Python's <c>text % values</c>.</summary>
internal sealed class PercentFormat
{
    private readonly Renderer _renderer;
    private readonly string _format;
    private readonly bool _marked;
    private readonly JinjaValue _values;
    private readonly bool _isMapping;
    private int _next;
    private int _at;

    private PercentFormat(JinjaValue format, JinjaValue values, Renderer renderer)
    {
        _renderer = renderer;
        _format = format.Text;
        _marked = format.Kind == JinjaKind.Markup;
        _values = values;
        _isMapping = values.Kind is JinjaKind.Dict or JinjaKind.List or JinjaKind.Undefined
            || (values.Kind == JinjaKind.Object && values.Object is RangeObject or NamespaceObject);
    }

    /// <summary>The formatted text; marked if the format is.</summary>
    public static JinjaValue Apply(JinjaValue format, JinjaValue values, Renderer renderer) =>
        JinjaValue.Like(format, new PercentFormat(format, values, renderer).Run());

    private string Run()
    {
        TextBuffer text = _renderer.Budget.Scratch;
        int start = text.Length;
        while (_at < _format.Length)
        {
            int percent = _format.IndexOf('%', _at);
            if (percent < 0)
                break;

            text.Append(_format.AsSpan(_at, percent - _at));
            _at = percent + 1;
            text.Append(One());
        }

        text.Append(_format.AsSpan(_at));
        bool unused = _values.Kind == JinjaKind.Tuple ? _next < _values.Items.Count : _next == 0 && !_isMapping;
        return unused ? throw PythonFault.Type("not all arguments converted during string formatting") : text.Take(start);
    }

    private string One()
    {
        JinjaValue? keyed = null;
        if (Peek() == '(')
            keyed = Keyed();

        string flags = "";
        while (Peek() is '-' or '+' or ' ' or '#' or '0')
            flags += _format[_at++];

        long width = Number(out bool minus);
        if (minus)
            flags += '-';

        long precision = -1;
        if (Peek() == '.')
        {
            _at++;
            precision = Math.Max(0, Number(out _, 0));
        }

        if (Peek() is 'h' or 'l' or 'L')
            _at++;

        char type = Peek();
        _at++;
        if (type == '\0')
            throw PythonFault.Value("incomplete format");

        if (type == '%')
            return "%";

        JinjaValue value = keyed ?? Next();
        string body = Body(type, value, precision, flags, out string prefix);
        long fill = width - CodePoints.Count(body) - prefix.Length;
        if (flags.Contains('-'))
            return prefix + body + PythonStrings.Repeat(" ", fill, _renderer.Budget);

        bool zeros = flags.Contains('0') && type is not ('s' or 'r' or 'a' or 'c');
        return zeros ? prefix + PythonStrings.Repeat("0", fill, _renderer.Budget) + body
            : PythonStrings.Repeat(" ", fill, _renderer.Budget) + prefix + body;
    }

    private string Body(char type, JinjaValue value, long precision, string flags, out string prefix)
    {
        prefix = "";
        switch (type)
        {
            case 's' or 'r' or 'a':
                string text = type == 's' ? _renderer.Str(value) : PythonText.Repr(value, _renderer.Budget);
                if (_marked && !(type == 's' && value.Kind == JinjaKind.Markup))
                    text = PythonStrings.Escape(text, _renderer.Budget);
                return precision >= 0 && precision < CodePoints.Count(text)
                    ? Slicing.Slice(text, JinjaValue.None, precision, JinjaValue.None, _renderer.Budget).Text : text;
            case 'c':
                if (value.IsText && CodePoints.Count(value.Text) == 1)
                    return value.Text;
                return value.IsInteger ? CodePoints.Text((int)Argument.Long(value)) : throw PythonFault.Type("%c requires int or char");
            case 'd' or 'i' or 'u' or 'x' or 'X' or 'o':
                return Integer(type, value, precision, flags, out prefix);
            case 'e' or 'E' or 'f' or 'F' or 'g' or 'G':
                if (!value.IsNumber)
                    throw PythonFault.Misused(value, $"must be real number, not {value.TypeName}");
                double number = PythonNumbers.ToDouble(value);
                prefix = Sign(double.IsNegative(number), flags);
                _renderer.Budget.Step(Math.Max(0, precision));
                return FloatFormat.Text(number, type, precision < 0 ? 6 : precision, flags.Contains('#'));
            default:
                throw PythonFault.Value($"unsupported format character '{type}' (0x{(int)type:x}) at index {_at - 1}");
        }
    }

    private static string Integer(char type, JinjaValue value, long precision, string flags, out string prefix)
    {
        bool hexadecimal = type is 'x' or 'X' or 'o';
        if (!value.IsNumber || (hexadecimal && value.Kind == JinjaKind.Float))
            throw PythonFault.Misused(value, $"%{type} format: a number is required, not {value.TypeName}");

        if (value.Kind == JinjaKind.Float && !double.IsFinite(value.Double))
            throw new PythonFault(double.IsNaN(value.Double) ? "ValueError" : "OverflowError", "cannot convert float to integer");

        BigInteger whole = value.Kind == JinjaKind.Float ? new BigInteger(Math.Truncate(value.Double)) : value.Big;
        string digits = FormatSpec.Digits(BigInteger.Abs(whole), type);
        prefix = Sign(whole.Sign < 0, flags) + (flags.Contains('#') && hexadecimal ? "0" + type : "");
        return precision > digits.Length ? digits.PadLeft((int)Math.Min(precision, 5000), '0') : digits;
    }

    private static string Sign(bool negative, string flags) => negative ? "-" : flags.Contains('+') ? "+" : flags.Contains(' ') ? " " : "";

    private char Peek() => _at < _format.Length ? _format[_at] : '\0';

    private JinjaValue Keyed()
    {
        int depth = 1, start = ++_at;
        for (; depth > 0; _at++)
        {
            if (_at >= _format.Length)
                throw PythonFault.Value("incomplete format key");

            depth += _format[_at] == '(' ? 1 : _format[_at] == ')' ? -1 : 0;
        }

        string key = _format[start..(_at - 1)];
        if (_values.IsUndefined)
            throw _values.Origin.Fault();

        if (_values.Kind != JinjaKind.Dict)
            throw PythonFault.Type(_isMapping ? "list indices must be integers or slices, not str" : "format requires a mapping");

        _next = 1;
        return _values.Members.TryGet(key, out JinjaValue value) ? value : throw new PythonFault("KeyError", $"'{key}'");
    }

    private long Number(out bool minus, long fallback = -1)
    {
        minus = false;
        if (Peek() == '*')
        {
            _at++;
            JinjaValue given = Next();
            long number = given.IsInteger ? Argument.Long(given) : throw PythonFault.Type("* wants int");
            minus = number < 0;
            return Math.Abs(number);
        }

        int start = _at;
        long value = 0;
        while (char.IsAsciiDigit(Peek()))
        {
            value = (value * 10) + (_format[_at++] - '0');
            if (value > int.MaxValue)
                throw PythonFault.Value("width too big");
        }

        return _at > start ? value : fallback;
    }

    private JinjaValue Next()
    {
        if (_values.Kind == JinjaKind.Tuple)
            return _next < _values.Items.Count ? _values.Items[_next++] : throw PythonFault.Type("not enough arguments for format string");

        return _next++ == 0 ? _values : throw PythonFault.Type("not enough arguments for format string");
    }
}
