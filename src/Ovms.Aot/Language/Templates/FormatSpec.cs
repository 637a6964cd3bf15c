using System.Globalization;
using System.Numerics;
using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>Python's format specification: fill, alignment, sign, width, grouping, precision and type.</summary>
internal ref struct FormatSpec
{
    private readonly string _spec;
    private int _at;
    private string _fill;
    private char _align;
    private char _sign;
    private bool _alternate;
    private long _width;
    private char _group;
    private long _precision;
    private char _type;

    private FormatSpec(string spec)
    {
        _spec = spec;
        _fill = " ";
        _precision = -1;
    }

    /// <summary>Python's <c>format(value, spec)</c>.</summary>
    public static string Apply(JinjaValue value, string spec, Renderer renderer)
    {
        if (spec.Length == 0)
            return renderer.Str(value);

        if (!value.IsText && !value.IsNumber)
            throw PythonFault.Type($"unsupported format string passed to {value.TypeName}.__format__");

        FormatSpec parsed = new(spec);
        parsed.Parse(value);
        return parsed.Format(value, renderer);
    }

    /// <summary>The digits of an int that is not negative.</summary>
    /// <param name="type">One of b o x X; anything else is decimal.</param>
    public static string Digits(BigInteger number, char type)
    {
        if (number.IsZero)
            return "0";

        string digits = type switch
        {
            'x' => number.ToString("x", CultureInfo.InvariantCulture).TrimStart('0'),
            'X' => number.ToString("X", CultureInfo.InvariantCulture).TrimStart('0'),
            'b' => number.ToString("b", CultureInfo.InvariantCulture).TrimStart('0'),
            'o' => Octal(number),
            _ => PythonNumbers.Text(number),
        };
        return digits;
    }

    private static string Octal(BigInteger number)
    {
        string binary = number.ToString("b", CultureInfo.InvariantCulture).TrimStart('0');
        binary = binary.PadLeft((binary.Length + 2) / 3 * 3, '0');
        return string.Create(binary.Length / 3, binary, static (span, bits) =>
        {
            for (int i = 0; i < span.Length; i++)
                span[i] = (char)('0' + Convert.ToInt32(bits.Substring(i * 3, 3), 2));
        });
    }

    private void Parse(JinjaValue value)
    {
        _align = value.IsText ? '<' : '>';
        CodePoints.At(_spec, 0, out int units);
        if (_spec.Length > units && _spec[units] is '<' or '>' or '=' or '^')
        {
            _fill = _spec[..units];
            _align = _spec[units];
            _at = units + 1;
        }
        else if (_spec[0] is '<' or '>' or '=' or '^')
        {
            _align = _spec[_at++];
        }

        bool aligned = _at > 0;
        if (Peek() is '+' or '-' or ' ')
            _sign = _spec[_at++];

        if (Peek() == '#')
        {
            _alternate = true;
            _at++;
        }

        if (Peek() == '0')
        {
            _at++;
            _fill = aligned ? _fill : "0";
            _align = aligned || value.IsText ? _align : '=';
        }

        _width = Number(0);
        if (Peek() is ',' or '_')
            _group = _spec[_at++];

        if (Peek() == '.')
        {
            _at++;
            _precision = Number(-1);
            if (_precision < 0)
                throw PythonFault.Value("Format specifier missing precision");
        }

        if (_at < _spec.Length)
            _type = _spec[_at++];

        if (_at < _spec.Length)
            throw PythonFault.Value($"Invalid format specifier '{_spec}' for object of type '{value.TypeName}'");
    }

    private readonly char Peek() => _at < _spec.Length ? _spec[_at] : '\0';

    private long Number(long fallback)
    {
        int start = _at;
        long number = 0;
        while (char.IsAsciiDigit(Peek()))
        {
            number = (number * 10) + (_spec[_at++] - '0');
            if (number > int.MaxValue)
                throw PythonFault.Value("Too many decimal digits in format string");
        }

        return _at > start ? number : fallback;
    }

    private readonly string Format(JinjaValue value, Renderer renderer)
    {
        string sign = "", body;
        if (value.IsText)
        {
            if (_type is not ('\0' or 's'))
                throw Unknown(value);

            if (_sign != '\0' || _align == '=' || _group != '\0' || _alternate)
                throw PythonFault.Value("Sign, '=' alignment, ',' and '#' are not allowed in string format specifier");

            body = _precision >= 0 && _precision < CodePoints.Count(value.Text)
                ? Slicing.Slice(value.Text, JinjaValue.None, _precision, JinjaValue.None, renderer.Budget).Text : value.Text;
        }
        else if (value.Kind == JinjaKind.Float || _type is 'e' or 'E' or 'f' or 'F' or 'g' or 'G' or '%')
        {
            double number = PythonNumbers.ToDouble(value);
            renderer.Budget.Step(Math.Max(0, _precision));
            sign = Sign(double.IsNegative(number));
            body = Grouped(Real(number, value), 3);
        }
        else
        {
            BigInteger whole = value.Big;
            sign = Sign(whole.Sign < 0);
            body = Whole(BigInteger.Abs(whole), value);
            if (_alternate && _type is ('x' or 'X' or 'o' or 'b'))
                sign += "0" + _type;
        }

        return Aligned(sign, body, renderer.Budget);
    }

    private readonly string Real(double number, JinjaValue value)
    {
        if (_type is 'e' or 'E' or 'f' or 'F' or 'g' or 'G' or '%')
            return FloatFormat.Text(number, _type, _precision < 0 ? 6 : _precision, _alternate);

        if (_type is not ('\0' or 'n'))
            throw Unknown(value);

        if (_precision < 0 || !double.IsFinite(number))
            return _type == 'n' ? FloatFormat.Text(number, 'g', 6, _alternate) : PythonNumbers.Text(Math.Abs(number));

        string text = FloatFormat.Text(number, 'g', _precision, _alternate);
        return _type == 'n' || text.AsSpan().IndexOfAny('.', 'e') >= 0 ? text : text + ".0";
    }

    private readonly string Whole(BigInteger number, JinjaValue value)
    {
        if (_precision >= 0)
            throw PythonFault.Value("Precision not allowed in integer format specifier");

        return _type switch
        {
            'c' when number > 0x10FFFF => throw new PythonFault("OverflowError", "%c arg not in range(0x110000)"),
            'c' => CodePoints.Text((int)number),
            '\0' or 'd' or 'n' => Grouped(Digits(number, 'd'), 3),
            'x' or 'X' or 'o' or 'b' => Grouped(Digits(number, _type), 4),
            _ => throw Unknown(value),
        };
    }

    private readonly PythonFault Unknown(JinjaValue value) =>
        PythonFault.Value($"Unknown format code '{_type}' for object of type '{value.TypeName}'");

    private readonly string Sign(bool negative) => negative ? "-" : _sign is '+' or ' ' ? _sign.ToString() : "";

    private readonly string Grouped(string text, int size)
    {
        if (_group == '\0')
            return text;

        int end = text.AsSpan().IndexOfAny('.', 'e', '%') is >= 0 and int point && size == 3 ? point : text.Length;
        for (int at = end - size; at > 0; at -= size)
            text = text.Insert(at, _group.ToString());

        return text;
    }

    private readonly string Aligned(string sign, string body, RenderBudget budget)
    {
        long missing = _width - CodePoints.Count(body) - sign.Length;
        if (missing <= 0)
            return sign + body;

        string left = PythonStrings.Repeat(_fill, _align switch { '<' => 0, '^' => missing / 2, _ => missing }, budget);
        string right = PythonStrings.Repeat(_fill, _align switch { '<' => missing, '^' => missing - (missing / 2), _ => 0 }, budget);
        return _align == '=' ? sign + left + body : left + sign + body + right;
    }
}
