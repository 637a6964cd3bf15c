using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Ovms.Tensors;

/// <summary>
/// Converts decimal numbers to floating-point values, correctly rounded. Two fast paths, many times faster than .NET's parser, handle
/// nearly all numbers of real requests. The parser handles the rest.
/// </summary>
internal static class DecimalNumber
{
    // Doubles represent every integer and every power of ten up to these limits exactly.
    private const ulong ExactDoubleLimit = 1UL << 53;
    private const int LargestExactPower = 22;

    // The largest power of five that fits 64 bits.
    private const int LargestDivisor = 27;

    // The lower 29 bits of a double's mantissa, which a single does not have.
    private const ulong DroppedMask = (1UL << 29) - 1;
    private const ulong Middle = 1UL << 28;

    private static readonly Reciprocal[] s_reciprocals =
        [.. Enumerable.Range(0, LargestDivisor + 1).Select(static power => Reciprocal.OfPowerOfFive(power))];

    private static ReadOnlySpan<double> PowersOfTen =>
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];

    /// <summary>The nearest double; infinite if the number is out of range.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double ToDouble(in JsonNumber number) => TryScale(number, out double value)
        ? value
        : Parse<double>(number.Text);

    /// <summary>The nearest single; infinite if the number is out of range.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ToSingle(in JsonNumber number) => TryScale(number, out double wide) && IsSafeAsSingle(wide)
        ? (float)wide
        : Parse<float>(number.Text);

    /// <summary>
    /// Whether rounding <paramref name="wide"/>, the double nearest to a decimal, gives the single nearest to that decimal. False if it is
    /// midway between two singles (the decimal may lie on either side), and for subnormal or overflowing singles.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSafeAsSingle(double wide) =>
        (BitConverter.DoubleToUInt64Bits(wide) & DroppedMask) != Middle && Math.Abs(wide) is 0 or >= 1.2e-38 and <= 3.4e38;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TFloat Parse<TFloat>(ReadOnlySpan<byte> text)
        where TFloat : INumberBase<TFloat> => TFloat.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryScale(in JsonNumber number, out double value)
    {
        bool isScaled = TryScale(number.Digits, number.Exponent, out double magnitude);
        value = number.IsNegative ? -magnitude : magnitude;
        return isScaled && !number.IsLong;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryScale(ulong digits, int exponent, out double value)
    {
        if (digits <= ExactDoubleLimit && exponent is >= -LargestExactPower and <= LargestExactPower)
        {
            // Both operands are exact, so only one rounding occurs.
            value = exponent < 0 ? digits / PowersOfTen[-exponent] : digits * PowersOfTen[exponent];
            return true;
        }

        value = 0;
        return digits == 0 || (exponent is < 0 and >= -LargestDivisor && TryDivide(digits, -exponent, out value));
    }

    /// <summary>digits / 10^power, as an integer product with the reciprocal of 5^power; false if the rounding is uncertain.</summary>
    /// <param name="digits">Not 0.</param>
    /// <param name="power">1 to <see cref="LargestDivisor"/>.</param>
    /// <param name="value">The nearest double.</param>
    private static bool TryDivide(ulong digits, int power, out double value)
    {
        ref readonly Reciprocal reciprocal = ref s_reciprocals[power];
        int shift = BitOperations.LeadingZeroCount(digits);
        digits <<= shift;

        // The upper 128 of the product's 192 bits. They are too large by at most 1 in the last place: the reciprocal was rounded up.
        ulong upper = Math.BigMul(digits, reciprocal.Upper, out ulong middle);
        ulong carried = Math.BigMul(digits, reciprocal.Lower, out _);
        middle += carried;
        upper += middle < carried ? 1UL : 0;

        // The leading bit is the highest one or the next. The dropped bits are never all 0, so there are no ties.
        int first = (int)(upper >> 63);
        ulong mantissa = upper >> (9 + first);
        mantissa = (mantissa >> 1) + (mantissa & 1);
        long exponent = reciprocal.Shift - power - shift - 1 + first;
        value = BitConverter.UInt64BitsToDouble(((ulong)(exponent + 1022) << 52) + mantissa);
        return middle > 1;
    }

    /// <summary>1 / 5^power as 2^-127 × 2^-63 × 2^Shift × these 128 bits, the first of which is set; rounded up.</summary>
    private readonly record struct Reciprocal(ulong Upper, ulong Lower, int Shift)
    {
        public static Reciprocal OfPowerOfFive(int power)
        {
            ulong divisor = 1;
            for (int i = 0; i < power; i++)
            {
                divisor *= 5;
            }

            int shift = BitOperations.LeadingZeroCount(divisor);
            divisor <<= shift;

            // Long division of 2^191. For 5^0, a power of two, the result has a bit more; it is never used.
            (UInt128 upper, UInt128 rest) = UInt128.DivRem(new UInt128(1UL << 63, 0), divisor);
            UInt128 lower = new UInt128((ulong)rest, 0) / divisor;
            return new Reciprocal((ulong)upper, (ulong)lower + 1, shift);
        }
    }
}
