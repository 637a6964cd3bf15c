namespace Ovms.Tensors;

/// <summary>
/// Integers written with a point or an exponent, such as 1.0 or 1e3, as many languages write a float with an integral value. The value
/// counts, not the spelling.
/// </summary>
internal static class WholeNumber
{
    // Far beyond 64 bits, and far from overflow when the number of digits is subtracted.
    private const int ExponentLimit = 1_000_000_000;

    /// <summary>Reads the magnitude of a number exactly.</summary>
    /// <param name="text">A number in JSON's grammar.</param>
    /// <param name="magnitude">The value without its sign.</param>
    /// <returns>False if the value is not an integer or does not fit 64 bits.</returns>
    public static bool TryRead(ReadOnlySpan<byte> text, out ulong magnitude)
    {
        magnitude = 0;
        int exponentAt = text.IndexOfAny((byte)'e', (byte)'E');
        long exponent = exponentAt < 0 ? 0 : ReadExponent(text[(exponentAt + 1)..]);
        bool isFraction = false;

        // Zeros count only once a digit follows; trailing zeros become a power of ten.
        int zeros = 0;
        foreach (byte character in exponentAt < 0 ? text : text[..exponentAt])
        {
            if (character == '-')
            {
                continue;
            }

            if (character == '.')
            {
                isFraction = true;
                continue;
            }

            exponent -= isFraction ? 1 : 0;
            zeros++;
            if (character == '0')
            {
                continue;
            }

            if (!TryScale(ref magnitude, zeros) || magnitude > ulong.MaxValue - (ulong)(character - '0'))
            {
                return false;
            }

            magnitude += (ulong)(character - '0');
            zeros = 0;
        }

        exponent += zeros;
        return magnitude == 0 || (exponent >= 0 && TryScale(ref magnitude, exponent));
    }

    private static bool TryScale(ref ulong magnitude, long powerOfTen)
    {
        for (; powerOfTen > 0 && magnitude != 0; powerOfTen--)
        {
            if (magnitude > ulong.MaxValue / 10)
            {
                return false;
            }

            magnitude *= 10;
        }

        return true;
    }

    private static long ReadExponent(ReadOnlySpan<byte> text)
    {
        long value = 0;
        foreach (byte character in text)
        {
            value = character is (byte)'-' or (byte)'+' ? value : Math.Min((value * 10) + character - '0', ExponentLimit);
        }

        return text[0] == '-' ? -value : value;
    }
}
