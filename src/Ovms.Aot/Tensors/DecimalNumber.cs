using System.Globalization;
using System.Runtime.CompilerServices;

namespace Ovms.Tensors;

/// <summary>
/// Reads the characters of a JSON number as a floating-point value, correctly rounded. Nearly all numbers of real requests take the
/// short way, which is several times faster than the library's: up to 19 digits and an exponent small enough for a power of ten that
/// is exact. The rest go to the library.
/// </summary>
internal static class DecimalNumber
{
    private const int MostDigits = 19;
    private const ulong ExactDoubleLimit = 1UL << 53;

    // The lower 29 bits of a double's mantissa are what a single drops; around their middle the rounding depends on bits that were lost.
    private const ulong DroppedMask = (1UL << 29) - 1;
    private const ulong Middle = 1UL << 28;
    private const ulong Doubt = 4;

    private static ReadOnlySpan<double> PowersOfTen =>
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];

    /// <summary>The nearest double; infinite where the number is out of range.</summary>
    /// <param name="text">Digits in the grammar of JSON, already checked by the JSON reader.</param>
    public static double ToDouble(ReadOnlySpan<byte> text)
    {
        // Exact integer, exact power of ten, one rounding.
        if (TrySplit(text, out bool negative, out ulong digits, out int exponent) && digits <= ExactDoubleLimit)
        {
            double value = Scale(digits, exponent);
            return negative ? -value : value;
        }

        return double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
    }

    /// <summary>The nearest single; infinite where the number is out of range.</summary>
    /// <param name="text">Digits in the grammar of JSON, already checked by the JSON reader.</param>
    public static float ToSingle(ReadOnlySpan<byte> text)
    {
        if (TrySplit(text, out bool negative, out ulong digits, out int exponent))
        {
            double wide = Scale(digits, exponent);
            if (IsSafeAsSingle(wide))
            {
                return (float)(negative ? -wide : wide);
            }
        }

        return float.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// Whether the single nearest to a decimal is the one nearest to <paramref name="wide"/>, which was made from it with up to two
    /// roundings: the decimal's digits to a double, and their scaling. What that may be off, two units in the last place, decides the
    /// single's rounding only close to the middle between two singles.
    /// </summary>
    public static bool IsSafeAsSingle(double wide)
    {
        ulong dropped = BitConverter.DoubleToUInt64Bits(wide) & DroppedMask;
        return dropped - (Middle - Doubt) > 2 * Doubt && wide is 0 or >= 1.2e-38 and <= 3.4e38;
    }

    /// <summary>
    /// Reads one plain number out of a longer text: digits with at most one point, as nearly all tensors have them, in the grammar of JSON.
    /// </summary>
    /// <param name="text">Not checked by anybody yet.</param>
    /// <param name="at">Where the number begins; afterwards where it ends, unchanged where there is no plain number.</param>
    /// <param name="value">The double nearest to it; for a negative zero a negative zero.</param>
    /// <returns>False for anything else: exponents, many digits, other kinds of value, text that ends.</returns>
    public static bool TryReadPlain(ReadOnlySpan<byte> text, ref int at, out double value)
    {
        value = 0;
        int next = at;
        bool negative = next < text.Length && text[next] == '-';
        next += negative ? 1 : 0;
        int first = next;
        ulong digits = 0;
        uint digit;
        for (; next < text.Length && (digit = (uint)(text[next] - '0')) <= 9; next++)
        {
            digits = (digits * 10) + digit;
        }

        int whole = next - first;
        if (whole == 0 || (whole > 1 && text[first] == '0'))
        {
            return false;
        }

        int fraction = 0;
        if (next < text.Length && text[next] == '.')
        {
            int point = next;
            for (next++; next < text.Length && (digit = (uint)(text[next] - '0')) <= 9; next++)
            {
                digits = (digits * 10) + digit;
            }

            fraction = next - point - 1;
            if (fraction == 0)
            {
                return false;
            }
        }

        // Beyond 19 digits the sum above may have overflowed; what is neither a number's end nor white space is for the full reader.
        if (whole + fraction > MostDigits || digits > ExactDoubleLimit || next == text.Length || text[next] is not ((byte)',' or (byte)']' or (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
        {
            return false;
        }

        value = digits / PowersOfTen[fraction];
        value = negative ? -value : value;
        at = next;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Scale(ulong digits, int exponent) =>
        exponent < 0 ? digits / PowersOfTen[-exponent] : digits * PowersOfTen[exponent];

    /// <summary>Takes the number apart into digits × 10^exponent; false where it is too long or the power is not exact.</summary>
    private static bool TrySplit(ReadOnlySpan<byte> text, out bool negative, out ulong digits, out int exponent)
    {
        int at = 0;
        negative = text.Length > 0 && text[0] == '-';
        if (negative)
        {
            at++;
        }

        digits = 0;
        exponent = 0;
        int significant = 0;
        bool fraction = false;
        for (; at < text.Length; at++)
        {
            uint digit = (uint)(text[at] - '0');
            if (digit <= 9)
            {
                digits = (digits * 10) + digit;
                significant += digits != 0 ? 1 : 0;
                exponent -= fraction ? 1 : 0;
            }
            else if (text[at] == '.')
            {
                fraction = true;
            }
            else
            {
                break;
            }
        }

        if (significant > MostDigits)
        {
            return false;
        }

        if (at < text.Length && !TryReadExponent(text[(at + 1)..], ref exponent))
        {
            return false;
        }

        return Math.Abs(exponent) < PowersOfTen.Length;
    }

    private static bool TryReadExponent(ReadOnlySpan<byte> text, ref int exponent)
    {
        // More than three digits are left to the library, so that nothing can overflow here.
        if (text.Length > 4 || !int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int written))
        {
            return false;
        }

        exponent += written;
        return true;
    }
}
