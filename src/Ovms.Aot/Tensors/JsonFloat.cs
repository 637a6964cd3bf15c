using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Ovms.Tensors;

/// <summary>
/// Floating-point values in JSON. JSON has no NaN and no infinity; the original server writes invalid JSON for them. Here they are
/// written and read as the strings "NaN", "Infinity" and "-Infinity", as protobuf's JSON form prescribes for these fields. The document
/// stays valid, and a NaN does not cost the caller the other values.
/// </summary>
internal static class JsonFloat
{
    /// <summary>Maximum length of a double: sign, 17 digits, point and exponent.</summary>
    public const int MaxTextLength = 32;

    /// <summary>Reads a number or one of the three names; false for anything else and for numbers too large for a single.</summary>
    public static bool TryReadSingle(ref Utf8JsonReader reader, out float value)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            if (reader.HasValueSequence)
            {
                return reader.TryGetSingle(out value) && float.IsFinite(value);
            }

            bool isRead = JsonNumber.TryRead(reader.ValueSpan, 0, out JsonNumber number);
            value = DecimalNumber.ToSingle(number);
            return isRead && float.IsFinite(value);
        }

        bool named = TryReadName(ref reader, out double name);
        value = (float)name;
        return named;
    }

    /// <summary>Reads a number or one of the three names; false for anything else and for numbers too large for a double.</summary>
    public static bool TryReadDouble(ref Utf8JsonReader reader, out double value)
    {
        if (reader.TokenType != JsonTokenType.Number)
        {
            return TryReadName(ref reader, out value);
        }

        if (reader.HasValueSequence)
        {
            return reader.TryGetDouble(out value) && double.IsFinite(value);
        }

        bool isRead = JsonNumber.TryRead(reader.ValueSpan, 0, out JsonNumber number);
        value = DecimalNumber.ToDouble(number);
        return isRead && double.IsFinite(value);
    }

    /// <summary>Writes the fewest digits that read back as the same single.</summary>
    public static int Format(float value, Span<byte> destination)
    {
        if (ShortestDecimal.TryFormat<SinglePrecision>(value, destination, out int length))
        {
            return length;
        }

        if (!float.IsFinite(value))
        {
            return FormatName(value, destination);
        }

        bool fits = value.TryFormat(destination, out int written, default, CultureInfo.InvariantCulture);
        Debug.Assert(fits, "Nine digits and an exponent fit.");
        return EnsureFraction(destination, written);
    }

    /// <summary>Writes the fewest digits that read back as the same double.</summary>
    public static int Format(double value, Span<byte> destination)
    {
        if (!double.IsFinite(value))
        {
            return FormatName(value, destination);
        }

        bool fits = value.TryFormat(destination, out int written, default, CultureInfo.InvariantCulture);
        Debug.Assert(fits, "Seventeen digits and an exponent fit.");
        return EnsureFraction(destination, written);
    }

    /// <summary>Writes "NaN", "Infinity" or "-Infinity" with quotes.</summary>
    public static int FormatName(double value, Span<byte> destination)
    {
        ReadOnlySpan<byte> text = double.IsNaN(value) ? "\"NaN\""u8 : value > 0 ? "\"Infinity\""u8 : "\"-Infinity\""u8;
        text.CopyTo(destination);
        return text.Length;
    }

    /// <summary>Turns 1 into 1.0, as the original writes it: some clients infer a value's type from its text.</summary>
    public static int EnsureFraction(Span<byte> destination, int written)
    {
        if (destination[..written].IndexOfAny((byte)'.', (byte)'E') < 0)
        {
            ".0"u8.CopyTo(destination[written..]);
            written += 2;
        }

        return written;
    }

    private static bool TryReadName(ref Utf8JsonReader reader, out double value)
    {
        value = 0;
        if (reader.TokenType != JsonTokenType.String)
        {
            return false;
        }

        if (reader.ValueTextEquals("NaN"u8))
        {
            value = double.NaN;
        }
        else if (reader.ValueTextEquals("Infinity"u8))
        {
            value = double.PositiveInfinity;
        }
        else if (reader.ValueTextEquals("-Infinity"u8))
        {
            value = double.NegativeInfinity;
        }

        return value != 0 || BareName.TryRead(in reader, out value);
    }
}
