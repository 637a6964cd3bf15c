using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Ovms.Tensors;

/// <summary>One number of a JSON text, taken apart: ± digits × 10^exponent.</summary>
internal ref struct JsonNumber
{
    // Any number of so many digits fits 64 bits.
    private const int MostDigits = 19;

    // Far beyond any double: what is longer is left to others.
    private const int MostExponentDigits = 4;

    /// <summary>The number's characters.</summary>
    public ReadOnlySpan<byte> Text;

    /// <summary>Its digits without point and leading zeros as one whole number; of no use where it <see cref="IsLong"/>.</summary>
    public ulong Digits;

    /// <summary>The power of ten that they are multiplied by.</summary>
    public int Exponent;

    /// <summary>Whether it begins with a minus; -0 does too.</summary>
    public bool IsNegative;

    /// <summary>Whether it has neither point nor exponent.</summary>
    public bool IsWhole;

    /// <summary>Whether it has more digits than 64 bits hold, or an exponent of many digits.</summary>
    public bool IsLong;

    /// <summary>Reads a number in the grammar of JSON.</summary>
    /// <param name="text">Not checked by anybody yet.</param>
    /// <param name="start">Where the number should begin.</param>
    /// <param name="number">What was read; what follows its text is not looked at.</param>
    /// <returns>False where something else stands.</returns>
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

    // Zeros before the first other digit, of digits with at most one point among them.
    private static int LeadingZeros(ReadOnlySpan<byte> digits)
    {
        int first = digits.IndexOfAnyExcept("0."u8);
        int point = digits.IndexOf((byte)'.');
        return first < 0 ? digits.Length : point >= 0 && point < first ? first - 1 : first;
    }

    /// <summary>Goes over digits, eight at a time: the steps depend on each other, and the last one takes what is left without a loop.</summary>
    /// <returns>Where the first other byte stands.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int PassDigits(ReadOnlySpan<byte> text, int at, ref ulong digits)
    {
        while (text.Length - at >= sizeof(ulong))
        {
            // Each byte less '0'; then whose high bits tell that it is above 9. A carry can only spoil what comes after such a byte.
            ulong values = BinaryPrimitives.ReadUInt64LittleEndian(text[at..]) ^ 0x3030303030303030;
            ulong others = (values | (values + 0x7676767676767676)) & 0x8080808080808080;
            if (others == 0)
            {
                digits = (digits * 100_000_000) + Join(values);
                at += sizeof(ulong);
                continue;
            }

            int count = BitOperations.TrailingZeroCount(others) >> 3;

            // As if zeros stood before them.
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

    /// <summary>Eight digits, the first one in the lowest byte, as a number: neighbours are joined, then pairs, then fours.</summary>
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
