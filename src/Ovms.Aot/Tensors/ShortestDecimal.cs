using System.Buffers.Text;
using System.Runtime.CompilerServices;

namespace Ovms.Tensors;

/// <summary>Digits that a floating-point type needs, and the test whether a decimal reads back as a given value.</summary>
internal interface IPrecision
{
    /// <summary>Number of digits that always suffices.</summary>
    static abstract int MaxDigits { get; }

    /// <summary>Every integer below this limit is a value of the type.</summary>
    static abstract int WholeLimit { get; }

    /// <summary>Whether a decimal reads back as <paramref name="value"/>. False if in doubt.</summary>
    /// <param name="candidate">The decimal rounded to double.</param>
    /// <param name="value">The value.</param>
    static abstract bool Reads(double candidate, double value);
}

/// <summary>
/// Writes the fewest digits that read back as the same value, in .NET's format but several times faster. It handles the magnitudes of
/// nearly all real outputs: it rounds to fewer and fewer digits until the value no longer reads back.
/// </summary>
internal static class ShortestDecimal
{
    private const double Smallest = 1e-14;

    // Smaller values have an exponent, as in .NET's format.
    private const int LeastPlainExponent = -5;

    private static ReadOnlySpan<double> PowersOfTen =>
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];

    /// <summary>Writes the value; false if .NET's formatter is needed, with the destination undefined.</summary>
    public static bool TryFormat<TPrecision>(double value, Span<byte> destination, out int written)
        where TPrecision : struct, IPrecision
    {
        written = 0;
        double magnitude = Math.Abs(value);
        if (!(magnitude >= Smallest && magnitude < TPrecision.WholeLimit))
        {
            return false;
        }

        if (value < 0)
        {
            destination[0] = (byte)'-';
            destination = destination[1..];
        }

        int length;
        int whole = (int)magnitude;
        if (whole == magnitude)
        {
            Utf8Formatter.TryFormat(whole, destination, out length);
            ".0"u8.CopyTo(destination[length..]);
            length += 2;
        }
        else if (TryFindDigits<TPrecision>(magnitude, out uint digits, out int scale))
        {
            length = Write(digits, scale, destination);
        }
        else
        {
            return false;
        }

        written = length + (value < 0 ? 1 : 0);
        return true;
    }

    /// <summary>Finds the value as digits × 10^-scale.</summary>
    private static bool TryFindDigits<TPrecision>(double magnitude, out uint digits, out int scale)
        where TPrecision : struct, IPrecision
    {
        scale = TPrecision.MaxDigits - 1 - ExponentOf(magnitude);
        double scaled = magnitude * PowersOfTen[scale];
        digits = Round(scaled);
        if (!TPrecision.Reads(digits / PowersOfTen[scale], magnitude))
        {
            return false;
        }

        // A value that is no integer has a digit after the point, so scale - dropped stays above 0.
        for (int dropped = 1; dropped < scale; dropped++)
        {
            double exact = scaled / PowersOfTen[dropped];
            uint fewer = Round(exact);
            double unit = PowersOfTen[scale - dropped];
            if (!TPrecision.Reads(fewer / unit, magnitude))
            {
                // A power of two is closer to its lower neighbour than to its upper one: a decimal above may work if one below fails.
                if (fewer > exact || !TPrecision.Reads(++fewer / unit, magnitude))
                {
                    scale -= dropped - 1;
                    return true;
                }
            }

            digits = fewer;
        }

        scale = 1;
        return true;
    }

    private static int Write(uint digits, int scale, Span<byte> destination)
    {
        Span<byte> text = stackalloc byte[10];
        Utf8Formatter.TryFormat(digits, text, out int count);
        text = text[..count];
        int exponent = count - 1 - scale;
        if (exponent < LeastPlainExponent + 1)
        {
            return WriteExponential(text, exponent, destination);
        }

        if (exponent < 0)
        {
            // 0.00ddd: a zero, the point, and a zero for each place before the first digit.
            int before = 1 - exponent;
            destination[..before].Fill((byte)'0');
            destination[1] = (byte)'.';
            text.CopyTo(destination[before..]);
            return before + count;
        }

        text[..(exponent + 1)].CopyTo(destination);
        destination[exponent + 1] = (byte)'.';
        text[(exponent + 1)..].CopyTo(destination[(exponent + 2)..]);
        return count + 1;
    }

    private static int WriteExponential(ReadOnlySpan<byte> text, int exponent, Span<byte> destination)
    {
        destination[0] = text[0];
        int at = 1;
        if (text.Length > 1)
        {
            destination[at++] = (byte)'.';
            text[1..].CopyTo(destination[at..]);
            at += text.Length - 1;
        }

        "E-"u8.CopyTo(destination[at..]);
        destination[at + 2] = (byte)('0' + (-exponent / 10));
        destination[at + 3] = (byte)('0' + (-exponent % 10));
        return at + 4;
    }

    /// <summary>Rounds ties to even, as .NET's formatter does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Round(double value) => (uint)Math.Round(value);

    /// <summary>Decimal exponent of the first digit: 0 from 1 to 10, -1 from 0.1 to 1.</summary>
    private static int ExponentOf(double magnitude)
    {
        int exponent = 0;
        if (magnitude >= 1)
        {
            while (magnitude >= PowersOfTen[exponent + 1])
            {
                exponent++;
            }

            return exponent;
        }

        while (magnitude * PowersOfTen[-exponent] < 1)
        {
            exponent--;
        }

        return exponent;
    }
}

/// <summary>FP32.</summary>
internal readonly struct SinglePrecision : IPrecision
{
    public static int MaxDigits => 9;

    public static int WholeLimit => 1 << 24;

    public static bool Reads(double candidate, double value) => (float)candidate == value && DecimalNumber.IsSafeAsSingle(candidate);
}

/// <summary>FP16. Its values are so far apart that double rounding cannot matter for decimals of this length.</summary>
internal readonly struct HalfPrecision : IPrecision
{
    public static int MaxDigits => 5;

    public static int WholeLimit => 1 << 11;

    public static bool Reads(double candidate, double value) => (double)(Half)candidate == value;
}

/// <summary>BF16; as with <see cref="HalfPrecision"/>.</summary>
internal readonly struct BFloat16Precision : IPrecision
{
    public static int MaxDigits => 4;

    public static int WholeLimit => 1 << 8;

    public static bool Reads(double candidate, double value) => BFloat16.FromDouble(candidate).ToSingle() == value;
}
