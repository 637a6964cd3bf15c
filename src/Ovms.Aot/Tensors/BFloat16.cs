using System.Diagnostics;
using System.Globalization;

namespace Ovms.Tensors;

/// <summary>The upper half of a single: 8 exponent bits, 7 mantissa bits.</summary>
internal readonly record struct BFloat16(ushort Bits)
{
    private const uint MagnitudeMask = 0x7FFF;
    private const uint Infinity = 0x7F80;

    /// <summary>Whether the value is neither infinite nor NaN.</summary>
    public bool IsFinite => (Bits & MagnitudeMask) < Infinity;

    /// <summary>Converts exactly: every value is a single.</summary>
    public float ToSingle() => BitConverter.UInt32BitsToSingle((uint)Bits << 16);

    /// <summary>The nearest value; ties round to even.</summary>
    public static BFloat16 FromSingle(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value))
        {
            // Sets the quiet bit: a NaN whose payload is only in the lower half would become infinite.
            return new BFloat16((ushort)((bits >> 16) | 0x40));
        }

        return new BFloat16((ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16));
    }

    /// <summary>The nearest value; ties round to even.</summary>
    public static BFloat16 FromDouble(double value)
    {
        float single = (float)value;
        if (single == value || !float.IsFinite(single))
        {
            return FromSingle(single);
        }

        // Rounding twice is wrong if the first result is a tie for the second. Rounding the first step to odd (towards zero, then setting
        // the lowest bit) avoids such ties.
        uint bits = BitConverter.SingleToUInt32Bits(single);
        if (Math.Abs((double)single) > Math.Abs(value))
        {
            bits--;
        }

        return FromSingle(BitConverter.UInt32BitsToSingle(bits | 1));
    }

    /// <summary>Writes the shortest decimal that reads back as this value. Four digits always suffice.</summary>
    public int Format(Span<byte> destination)
    {
        float exact = ToSingle();
        for (int digits = 1; ; digits++)
        {
            string format = digits switch { 1 => "G1", 2 => "G2", 3 => "G3", _ => "G4" };
            bool fits = exact.TryFormat(destination, out int written, format, CultureInfo.InvariantCulture);
            Debug.Assert(fits, "Four digits and an exponent fit.");
            if (digits == 4 || FromDouble(double.Parse(destination[..written], CultureInfo.InvariantCulture)).Bits == Bits)
            {
                return written;
            }
        }
    }
}
