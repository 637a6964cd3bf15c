using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Ovms.Tensors;

/// <summary>One parsed number of a JSON text: ± digits × 10^exponent.</summary>
internal ref struct JsonNumber
{
    // Any number of this many digits fits 64 bits.
    private const int MostDigits = 19;

    // Far beyond the range of double; numbers with longer exponents are left to the full reader.
    private const int MostExponentDigits = 4;

    /// <summary>The number's characters.</summary>
    public ReadOnlySpan<byte> Text;

    /// <summary>All digits as one integer, without the point; not valid if <see cref="IsLong"/>.</summary>
    public ulong Digits;

    /// <summary>The power of ten by which the digits are multiplied.</summary>
    public int Exponent;

    /// <summary>Whether it begins with a minus; also true for -0.</summary>
    public bool IsNegative;

    /// <summary>Whether it has neither point nor exponent.</summary>
    public bool IsWhole;

    /// <summary>Whether its digits do not fit 64 bits, or its exponent has more than four digits.</summary>
    public bool IsLong;

    /// <summary>Parses a number in JSON's grammar.</summary>
    /// <param name="text">Unchecked text.</param>
    /// <param name="start">Where the number should begin.</param>
    /// <param name="number">The number; what follows its text is not checked.</param>
    /// <returns>False if there is no number.</returns>
    public static bool TryRead(ReadOnlySpan<byte> text, int start, out JsonNumber number)
    {
        number = default;
        int at = start;
        if (at < text.Length && text[at] == '-')
        {
            number.IsNegative = true;
            at++;
        }

        ulong digits = 0;
        int first = at;
        at = at < text.Length && text[at] == '0' ? at + 1 : PassDigits(text, at, ref digits);
        int count = at - first;
        if (count == 0)
        {
            return false;
        }

        number.IsWhole = true;
        if (at < text.Length && text[at] == '.')
        {
            number.IsWhole = false;
            int fraction = ++at;
            at = PassDigits(text, at, ref digits);
            number.Exponent = fraction - at;
            count += at - fraction;
            if (at == fraction)
            {
                return false;
            }
        }

        number.IsLong = count > MostDigits && count - LeadingZeros(text[first..at]) > MostDigits;
        if (at < text.Length && (text[at] | 0x20) == 'e' && !number.TryReadExponent(text, ref at))
        {
            return false;
        }

        number.Digits = digits;
        number.Text = text[start..at];
        return true;
    }

    private bool TryReadExponent(ReadOnlySpan<byte> text, ref int at)
    {
        IsWhole = false;
        at++;
        bool isNegative = at < text.Length && text[at] == '-';
        at += isNegative || (at < text.Length && text[at] == '+') ? 1 : 0;
        int first = at;
        ulong written = 0;
        at = PassDigits(text, at, ref written);
        IsLong |= at - first > MostExponentDigits;
        Exponent += isNegative ? -(int)written : (int)written;
        return at > first;
    }

    // Zeros before the first other digit, in digits with at most one point.
    private static int LeadingZeros(ReadOnlySpan<byte> digits)
    {
        int first = digits.IndexOfAnyExcept("0."u8);
        int point = digits.IndexOf((byte)'.');
        return first < 0 ? digits.Length : point >= 0 && point < first ? first - 1 : first;
    }

    /// <summary>Reads digits, eight at a time for a short dependency chain. The last step takes the rest without a loop.</summary>
    /// <returns>The position of the first other byte.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int PassDigits(ReadOnlySpan<byte> text, int at, ref ulong digits)
    {
        while (text.Length - at >= sizeof(ulong))
        {
            // Subtracts '0' from each byte. High bits then mark values above 9; a carry can only disturb bytes after the first such value.
            ulong values = BinaryPrimitives.ReadUInt64LittleEndian(text[at..]) ^ 0x3030303030303030;
            ulong others = (values | (values + 0x7676767676767676)) & 0x8080808080808080;
            if (others == 0)
            {
                digits = (digits * 100_000_000) + Join(values);
                at += sizeof(ulong);
                continue;
            }

            int count = BitOperations.TrailingZeroCount(others) >> 3;

            // Shifted as if preceded by zeros.
            ulong aligned = values << 8 << (56 - (count << 3));
            digits = (digits * ShortPower(count)) + Join(aligned);
            return at + count;
        }

        for (uint digit; at < text.Length && (digit = (uint)(text[at] - '0')) <= 9; at++)
        {
            digits = (digits * 10) + digit;
        }

        return at;
    }

    /// <summary>Converts eight digits, the first in the lowest byte, to a number: joins neighbours, then pairs, then fours.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Join(ulong values)
    {
        const ulong Pairs = 0x000000FF000000FF;
        values = (values * 10) + (values >> 8);
        return (((values & Pairs) * (100 + (1_000_000UL << 32))) + (((values >> 16) & Pairs) * (1 + (10_000UL << 32)))) >> 32;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong ShortPower(int exponent)
    {
        ReadOnlySpan<uint> powers = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];
        return powers[exponent];
    }
}
