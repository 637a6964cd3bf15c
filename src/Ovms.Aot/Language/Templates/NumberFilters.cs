using System.Globalization;
using System.Numerics;
using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>The filters for numbers.</summary>
internal static class NumberFilters
{
    /// <summary>The table.</summary>
    public static MethodRow[] Rows { get; } =
    [
        new("abs", "/", static (r, x, a) => Absolute(x)),
        new("int", "default? base?", static (r, x, a) => Whole(x, Argument.Long(a[1], 10)) ?? (a[0].Kind == JinjaKind.Unset ? 0 : a[0])),
        new("float", "default?", static (r, x, a) => Real(x) ?? (a[0].Kind == JinjaKind.Unset ? 0.0 : a[0])),
        new("round", "precision? method?", static (r, x, a) => Round(r, x, Argument.Long(a[0], 0), Argument.Text(a[1], "round", "common"))),
        new("filesizeformat", "binary?", static (r, x, a) => FileSize(x, Argument.Truth(a[0], false))),
    ];

    private static JinjaValue Absolute(JinjaValue value)
    {
        if (!value.IsNumber)
            throw PythonFault.Type($"bad operand type for abs(): '{value.TypeName}'");

        return value.Kind == JinjaKind.Float ? Math.Abs(value.Double) : JinjaValue.Of(BigInteger.Abs(value.Big));
    }

    // Python's int(): of a text in a base, else of the float that a text holds; null if that fails.
    private static JinjaValue? Whole(JinjaValue value, long radix)
    {
        if (value.IsUndefined)
            throw value.Origin.Fault();

        if (value.IsInteger)
            return JinjaValue.Of(value.Big);

        if (value.IsText && ParseInt(value.Text, radix) is { } parsed)
            return JinjaValue.Of(parsed);

        if (Real(value) is not { } real)
            return null;

        if (value.Kind == JinjaKind.Float && double.IsInfinity(real.Double))
            throw new PythonFault("OverflowError", "cannot convert float infinity to integer");

        return double.IsFinite(real.Double) ? JinjaValue.Of(new BigInteger(Math.Truncate(real.Double))) : default(JinjaValue?);
    }

    private static JinjaValue? Real(JinjaValue value)
    {
        if (value.IsUndefined)
            throw value.Origin.Fault();

        if (value.IsNumber)
            return PythonNumbers.ToDouble(value);

        if (!value.IsText)
            return null;

        string text = PythonStrings.Strip(value.Text, null, PythonStrings.Ends.Both);
        if (!HasGoodUnderscores(text))
            return null;

        text = text.Replace("_", "");
        string bare = text.TrimStart('+', '-').ToLowerInvariant();
        double special = bare switch { "inf" or "infinity" => double.PositiveInfinity, "nan" => double.NaN, _ => 0 };
        if (special != 0 && text.Length - bare.Length <= 1)
            return text[0] == '-' ? -special : special;

        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        bool isNumber = bare.Length > 0 && (char.IsAsciiDigit(bare[0]) || bare[0] == '.');
        return isNumber && double.TryParse(text, Style, CultureInfo.InvariantCulture, out double real)
            ? (JinjaValue)real : default(JinjaValue?);
    }

    private static bool HasGoodUnderscores(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            bool isBetween = i > 0 && i < text.Length - 1 && char.IsAsciiHexDigit(text[i - 1]) && char.IsAsciiHexDigit(text[i + 1]);
            if (text[i] == '_' && !isBetween)
                return false;
        }

        return true;
    }

    private static BigInteger? ParseInt(string given, long radix)
    {
        string text = PythonStrings.Strip(given, null, PythonStrings.Ends.Both).ToLowerInvariant();
        bool negative = text.StartsWith('-');
        if (negative || text.StartsWith('+'))
            text = text[1..];

        foreach ((string prefix, int own) in new[] { ("0x", 16), ("0o", 8), ("0b", 2) })
        {
            if (text.StartsWith(prefix) && (radix == own || radix == 0))
            {
                text = text[2..];
                text = text.StartsWith('_') ? text[1..] : text;
                radix = own;
            }
        }

        radix = radix == 0 ? 10 : radix;
        bool misplaced = text.StartsWith('_') || text.EndsWith('_') || text.Contains("__");
        if (radix is < 2 or > 36 || text.Length is 0 or > PythonNumbers.DigitLimit || misplaced)
            return null;

        BigInteger number = 0;
        foreach (char one in text)
        {
            int digit = char.IsAsciiDigit(one) ? one - '0' : char.IsAsciiLetter(one) ? one - 'a' + 10 : one == '_' ? -1 : 99;
            digit = digit == 99 && char.IsDigit(one) ? CharUnicodeInfo.GetDecimalDigitValue(one) : digit;
            if (digit >= radix)
                return null;

            number = digit < 0 ? number : (number * radix) + digit;
        }

        return negative ? -number : number;
    }

    private static JinjaValue Round(Renderer renderer, JinjaValue value, long precision, string method)
    {
        if (method is not ("common" or "ceil" or "floor"))
            throw PythonFault.Argument("method must be common, ceil or floor");

        if (!value.IsNumber)
            throw PythonFault.Type($"type {value.TypeName} doesn't define __round__ method");

        if (method == "common")
            return value.Kind == JinjaKind.Float ? FloatFormat.Round(value.Double, precision) : RoundWhole(value.Big, precision);

        JinjaValue scale = PythonNumbers.Compute("**", 10, precision);
        JinjaValue scaled = PythonNumbers.Compute("*", value, scale);
        if (scaled.Kind == JinjaKind.Float)
        {
            double real = method == "ceil" ? Math.Ceiling(scaled.Double) : Math.Floor(scaled.Double);
            scaled = double.IsFinite(real) ? JinjaValue.Of(new BigInteger(real))
                : throw new PythonFault(double.IsNaN(real) ? "ValueError" : "OverflowError", "cannot convert float to integer");
        }

        return PythonNumbers.Compute("/", scaled, scale);
    }

    private static JinjaValue RoundWhole(BigInteger number, long precision)
    {
        if (precision >= 0)
            return JinjaValue.Of(number);

        if (precision < -PythonNumbers.DigitLimit)
            return 0;

        BigInteger unit = BigInteger.Pow(10, (int)-precision);
        BigInteger rest = ((number % unit) + unit) % unit;
        BigInteger floor = number - rest;
        int half = (rest * 2).CompareTo(unit);
        return JinjaValue.Of(half > 0 || (half == 0 && !(floor / unit).IsEven) ? floor + unit : floor);
    }

    private static JinjaValue FileSize(JinjaValue value, bool binary)
    {
        double bytes = (Real(value) ?? throw PythonFault.Value("could not convert to float")).Double;
        double unit = binary ? 1024 : 1000;
        if (bytes == 1)
            return "1 Byte";

        if (bytes < unit)
            return $"{PythonNumbers.Text(new BigInteger(Math.Truncate(bytes)))} Bytes";

        string[] names = ["k", "M", "G", "T", "P", "E", "Z", "Y"];
        int place = 0;
        double size = unit * unit;
        while (place < names.Length - 1 && bytes >= size)
        {
            size *= unit;
            place++;
        }

        string name = binary ? names[place].ToUpperInvariant() + "iB" : names[place] + "B";
        return $"{FloatFormat.Text(unit * bytes / size, 'f', 1, false)} {name}";
    }
}
