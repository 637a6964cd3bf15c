using System.Globalization;
using System.Numerics;

namespace Ovms.Language.Values;

/// <summary>Floats with a given number of digits, as C and Python print them: the exact value is rounded, ties to the even digit.</summary>
internal static class FloatFormat
{
    /// <summary>The most digits that may be asked for.</summary>
    private const int PrecisionLimit = 5000;

    /// <summary>The text of a float without its sign.</summary>
    /// <param name="type">One of e E f F g G %.</param>
    /// <param name="precision">Digits after the point; for g all digits.</param>
    /// <param name="alternate">Whether a point and zeros at the end stay.</param>
    public static string Text(double number, char type, long precision, bool alternate)
    {
        if (precision > PrecisionLimit)
            throw PythonFault.TooMuch($"a float with more than {PrecisionLimit} digits");

        bool capital = char.IsAsciiLetterUpper(type);
        if (!double.IsFinite(number))
            return (double.IsNaN(number), capital) switch { (true, true) => "NAN", (true, _) => "nan", (_, true) => "INF", _ => "inf" }
                + (type == '%' ? "%" : "");

        number = Math.Abs(number);
        string text = char.ToLowerInvariant(type) switch
        {
            'e' => Scientific(number, (int)precision, alternate),
            'g' => General(number, (int)Math.Max(1, precision), alternate),
            '%' => Fixed(number * 100, (int)precision, alternate) + "%",
            _ => Fixed(number, (int)precision, alternate),
        };
        return capital ? text.ToUpperInvariant() : text;
    }

    /// <summary>Python's <c>round</c> of a float.</summary>
    public static double Round(double number, long digits)
    {
        if (!double.IsFinite(number) || digits > 330)
            return number;

        if (digits < -330)
            return Math.CopySign(0, number);

        BigInteger scaled = Scaled(Math.Abs(number), (int)digits);
        string text = scaled.ToString(CultureInfo.InvariantCulture) + "e" + (-digits).ToString(CultureInfo.InvariantCulture);
        double rounded = double.Parse(text, CultureInfo.InvariantCulture);
        if (double.IsInfinity(rounded))
            throw new PythonFault("OverflowError", "rounded value too large to represent");

        return Math.CopySign(rounded, number);
    }

    private static string Fixed(double number, int precision, bool alternate)
    {
        string digits = Scaled(number, precision).ToString(CultureInfo.InvariantCulture).PadLeft(precision + 1, '0');
        string whole = digits[..^precision];
        return precision > 0 ? $"{whole}.{digits.AsSpan(digits.Length - precision)}" : alternate ? whole + "." : whole;
    }

    private static string Scientific(double number, int precision, bool alternate)
    {
        (string digits, int exponent) = Digits(number, precision);
        string point = precision > 0 || alternate ? "." : "";
        string power = Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture);
        return $"{digits[0]}{point}{digits.AsSpan(1)}e{(exponent < 0 ? '-' : '+')}{power}";
    }

    private static string General(double number, int precision, bool alternate)
    {
        (_, int exponent) = Digits(number, precision - 1);
        bool scientific = exponent < -4 || exponent >= precision;
        string text = scientific ? Scientific(number, precision - 1, alternate) : Fixed(number, precision - 1 - exponent, alternate);
        if (alternate)
            return text;

        int e = scientific ? text.IndexOf('e') : text.Length;
        string mantissa = text[..e];
        return mantissa.Contains('.') ? mantissa.TrimEnd('0').TrimEnd('.') + text[e..] : text;
    }

    // One digit before the point and `precision` after it, and the power of ten.
    private static (string Digits, int Exponent) Digits(double number, int precision)
    {
        if (number == 0)
            return (new string('0', precision + 1), 0);

        int exponent = PythonNumbers.Shortest(number).Exponent;
        string digits = Scaled(number, precision - exponent).ToString(CultureInfo.InvariantCulture);
        if (digits.Length > precision + 1)
            digits = Scaled(number, precision - ++exponent).ToString(CultureInfo.InvariantCulture);
        else if (digits.Length <= precision)
            digits = Scaled(number, precision - --exponent).ToString(CultureInfo.InvariantCulture);

        return (digits, exponent);
    }

    // The number times a power of ten, rounded to an int; ties to the even one.
    private static BigInteger Scaled(double number, int power)
    {
        long bits = BitConverter.DoubleToInt64Bits(number);
        int exponent = (int)((bits >> 52) & 0x7FF);
        BigInteger mantissa = (bits & 0xFFFFFFFFFFFFFL) | (exponent == 0 ? 0 : 1L << 52);
        int shift = Math.Max(exponent, 1) - 1075;
        BigInteger numerator = mantissa, denominator = BigInteger.One;
        if (shift > 0)
            numerator <<= shift;
        else
            denominator <<= -shift;

        if (power > 0)
            numerator *= BigInteger.Pow(10, power);
        else
            denominator *= BigInteger.Pow(10, -power);

        BigInteger quotient = BigInteger.DivRem(numerator, denominator, out BigInteger rest);
        int half = (rest * 2).CompareTo(denominator);
        return half > 0 || (half == 0 && !quotient.IsEven) ? quotient + 1 : quotient;
    }
}
