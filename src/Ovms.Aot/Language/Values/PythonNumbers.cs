using System.Globalization;
using System.Numerics;

namespace Ovms.Language.Values;

/// <summary>Python's arithmetic: ints without bounds (up to a limit), division that rounds down, and how numbers print.</summary>
internal static class PythonNumbers
{
    /// <summary>The most bits of an int; larger ones would be a way to use up memory.</summary>
    private const long BitLimit = 32_768;

    /// <summary>The most digits of an int that Python prints or reads.</summary>
    public const int DigitLimit = 4300;

    /// <summary>The order of two numbers; <see cref="int.MinValue"/> if one is NaN.</summary>
    public static int Compare(JinjaValue a, JinjaValue b)
    {
        if (a.Kind != JinjaKind.Float && b.Kind != JinjaKind.Float)
            return a.Kind == JinjaKind.BigInt || b.Kind == JinjaKind.BigInt ? a.Big.CompareTo(b.Big) : a.Long.CompareTo(b.Long);

        if (a.Kind == JinjaKind.Float && b.Kind == JinjaKind.Float)
            return double.IsNaN(a.Double) || double.IsNaN(b.Double) ? int.MinValue : a.Double.CompareTo(b.Double);

        double real = a.Kind == JinjaKind.Float ? a.Double : b.Double;
        if (double.IsNaN(real))
            return int.MinValue;

        int order;
        BigInteger whole = a.Kind == JinjaKind.Float ? b.Big : a.Big;
        if (double.IsInfinity(real))
            order = real > 0 ? -1 : 1;
        else if (whole.CompareTo(new BigInteger(Math.Floor(real))) is var floor && floor != 0)
            order = floor;
        else
            order = Math.Floor(real) == real ? 0 : -1;
        return a.Kind == JinjaKind.Float ? -order : order;
    }

    /// <summary>The number as a float.</summary>
    public static double ToDouble(JinjaValue value)
    {
        if (value.Kind == JinjaKind.Float)
            return value.Double;

        double result = value.Kind == JinjaKind.BigInt ? (double)value.Big : value.Long;
        return double.IsInfinity(result) ? throw new PythonFault("OverflowError", "int too large to convert to float") : result;
    }

    /// <summary>Computes <c>a sign b</c> for two numbers.</summary>
    /// <param name="sign">One of + - * / // % **.</param>
    public static JinjaValue Compute(string sign, JinjaValue a, JinjaValue b)
    {
        if (sign == "/")
            return TrueDivide(a, b);

        if (a.Kind == JinjaKind.Float || b.Kind == JinjaKind.Float)
            return ComputeReal(sign, ToDouble(a), ToDouble(b));

        if (a.Kind != JinjaKind.BigInt && b.Kind != JinjaKind.BigInt)
        {
            long x = a.Long, y = b.Long, result;
            switch (sign)
            {
                case "+" when !Overflows(result = unchecked(x + y), x, y):
                    return result;
                case "-" when !Overflows(result = unchecked(x - y), x, ~y):
                    return result;
                case "*" when Math.BigMul(x, y, out result) == result >> 63:
                    return result;
                case "//" when y != 0 && y != -1:
                    return (x / y) - (x % y != 0 && (x < 0) != (y < 0) ? 1 : 0);
                case "%" when y != 0 && y != -1:
                    return x % y + (x % y != 0 && (x < 0) != (y < 0) ? y : 0);
            }
        }

        return ComputeBig(sign, a.Big, b.Big);
    }

    /// <summary>What an operand costs in steps; the costs of two operands multiply.</summary>
    public static long Steps(JinjaValue value) => value.Kind == JinjaKind.BigInt ? 1 + (value.Big.GetBitLength() / 512) : 1;

    /// <summary>The number with the other sign.</summary>
    public static JinjaValue Negate(JinjaValue value) => value.Kind == JinjaKind.Float ? -value.Double : JinjaValue.Of(-value.Big);

    /// <summary>How an int prints.</summary>
    public static string Text(BigInteger number)
    {
        if (number.GetBitLength() > (long)(DigitLimit * 3.33))
            throw PythonFault.Value($"Exceeds the limit ({DigitLimit} digits) for integer string conversion");

        return number.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>How a float prints: the fewest digits that give it back, 1.0, 1e+16, inf.</summary>
    public static string Text(double number)
    {
        if (!double.IsFinite(number))
            return double.IsNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";

        (string digits, int exponent) = Shortest(number);
        string sign = double.IsNegative(number) ? "-" : "";
        if (exponent is < -4 or >= 16)
        {
            string power = Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture);
            return $"{sign}{digits[0]}{(digits.Length > 1 ? "." : "")}{digits.AsSpan(1)}e{(exponent < 0 ? '-' : '+')}{power}";
        }

        if (exponent < 0)
            return $"{sign}0.{new string('0', -exponent - 1)}{digits}";

        return digits.Length <= exponent + 1 ? $"{sign}{digits}{new string('0', exponent + 1 - digits.Length)}.0"
            : $"{sign}{digits.AsSpan(0, exponent + 1)}.{digits.AsSpan(exponent + 1)}";
    }

    /// <summary>The fewest digits that give the float back, and the power of ten of the first.</summary>
    public static (string Digits, int Exponent) Shortest(double number)
    {
        string text = Math.Abs(number).ToString("R", CultureInfo.InvariantCulture);
        int e = text.IndexOf('E');
        int exponent = e < 0 ? 0 : int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        string mantissa = e < 0 ? text : text[..e];
        int point = mantissa.IndexOf('.');
        string digits = mantissa.Replace(".", "");
        exponent += (point < 0 ? mantissa.Length : point) - 1;
        int zeros = 0;
        while (zeros < digits.Length - 1 && digits[zeros] == '0')
            zeros++;

        digits = digits[zeros..].TrimEnd('0');
        return digits.Length == 0 ? ("0", 0) : (digits, exponent - zeros);
    }

    private static bool Overflows(long result, long x, long y) => ((x ^ result) & (y ^ result)) < 0;

    private static JinjaValue TrueDivide(JinjaValue a, JinjaValue b)
    {
        if (b.Kind == JinjaKind.Float ? b.Double == 0 : b.Big.IsZero)
            throw new PythonFault("ZeroDivisionError", a.Kind == JinjaKind.Float || b.Kind == JinjaKind.Float
                ? "float division by zero" : "division by zero");

        return ToDouble(a) / ToDouble(b);
    }

    private static JinjaValue ComputeReal(string sign, double x, double y)
    {
        if (sign is "//" or "%" && y == 0)
            throw new PythonFault("ZeroDivisionError", sign == "%" ? "float modulo" : "float floor division by zero");

        switch (sign)
        {
            case "+":
                return x + y;
            case "-":
                return x - y;
            case "*":
                return x * y;
            case "%":
                double rest = x % y;
                return rest == 0 ? Math.CopySign(0, y) : (rest < 0) != (y < 0) ? rest + y : rest;
            case "//":
                double remainder = x % y;
                double quotient = (x - remainder) / y;
                return remainder != 0 && (remainder < 0) != (y < 0) ? Math.Round(quotient) - 1 : Math.Round(quotient);
            default:
                return Power(x, y);
        }
    }

    private static JinjaValue Power(double x, double y)
    {
        if (x == 0 && y < 0)
            throw new PythonFault("ZeroDivisionError", "0.0 cannot be raised to a negative power");

        if (x < 0 && double.IsFinite(x) && double.IsFinite(y) && Math.Floor(y) != y)
            throw PythonFault.Type("a power with a complex result is not supported");

        double result = Math.Pow(x, y);
        return double.IsInfinity(result) && double.IsFinite(x) && double.IsFinite(y)
            ? throw new PythonFault("OverflowError", "(34, 'Numerical result out of range')") : result;
    }

    private static JinjaValue ComputeBig(string sign, BigInteger x, BigInteger y)
    {
        switch (sign)
        {
            case "+":
                return Bounded(x + y);
            case "-":
                return Bounded(x - y);
            case "*":
                return Bounded(x * y);
            case "**" when y.Sign < 0:
                return Power((double)x, (double)y);
            case "**":
                if (!x.IsZero && !x.IsOne && x != -1 && (y > BitLimit || x.GetBitLength() * (long)y > BitLimit))
                    throw PythonFault.TooMuch($"an int of more than {BitLimit} bits");
                return JinjaValue.Of(BigInteger.Pow(x, x.IsZero || x.IsOne || x == -1 ? (int)(y % 2) + (y.IsZero ? 0 : 2) : (int)y));
        }

        if (y.IsZero)
            throw new PythonFault("ZeroDivisionError", "integer division or modulo by zero");

        BigInteger quotient = BigInteger.DivRem(x, y, out BigInteger rest);
        bool down = !rest.IsZero && (rest.Sign < 0) != (y.Sign < 0);
        return JinjaValue.Of(sign == "//" ? quotient - (down ? 1 : 0) : rest + (down ? y : 0));
    }

    private static JinjaValue Bounded(BigInteger number) => number.GetBitLength() > BitLimit
        ? throw PythonFault.TooMuch($"an int of more than {BitLimit} bits") : JinjaValue.Of(number);
}
