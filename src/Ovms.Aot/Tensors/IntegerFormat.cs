using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Ovms.Wire;

namespace Ovms.Tensors;

/// <summary>Whole numbers, exact to the last bit in every form.</summary>
/// <typeparam name="TElement">The element.</typeparam>
/// <typeparam name="TField">The type of the protobuf field, which may be wider than the element.</typeparam>
internal readonly struct IntegerFormat<TElement, TField> : IElementFormat<TElement>
    where TElement : unmanaged, IBinaryInteger<TElement>, IMinMaxValue<TElement>
    where TField : unmanaged, IBinaryInteger<TField>
{
    // "1.0" and "1e3" are whole numbers too, but the original refuses them and so do we: who sends them has the wrong datatype.
    private const NumberStyles Style = NumberStyles.AllowLeadingSign;

    public static WireType Wire => WireType.Varint;

    public static bool PackedIsRaw => false;

    public static int MaxTextLength => 20;

    public static string Range => string.Create(CultureInfo.InvariantCulture, $"whole numbers from {TElement.MinValue} to {TElement.MaxValue}");

    public static bool TryFromWire(ulong bits, out TElement value)
    {
        // Truncation to the field's own width is protobuf's rule; from there on nothing may be lost.
        TField field = TField.CreateTruncating(bits);
        value = TElement.CreateTruncating(field);
        return TField.CreateTruncating(value) == field;
    }

    public static string Describe(ulong bits) => TField.CreateTruncating(bits).ToString(null, CultureInfo.InvariantCulture);

    public static bool TryParse(ref Utf8JsonReader reader, out TElement value)
    {
        if (reader.TokenType != JsonTokenType.Number)
        {
            value = default;
            return false;
        }

        return reader.HasValueSequence
            ? TryParseParts(ref reader, out value)
            : TElement.TryParse(reader.ValueSpan, Style, CultureInfo.InvariantCulture, out value);
    }

    public static bool TryConvert(in JsonNumber number, out TElement value)
    {
        value = TElement.CreateTruncating(number.Digits);
        ulong limit = ulong.CreateTruncating(TElement.MaxValue);
        if (number.IsNegative)
        {
            value = unchecked(TElement.Zero - value);
            limit = TElement.IsNegative(TElement.MinValue) ? limit + 1 : 0;
        }

        return number.IsWhole && !number.IsLong && number.Digits <= limit;
    }

    public static int Format(TElement value, Span<byte> destination)
    {
        bool fits = value.TryFormat(destination, out int written, default, CultureInfo.InvariantCulture);
        Debug.Assert(fits, "20 characters hold every 64-bit number.");
        return written;
    }

    /// <summary>For a number that lies across two buffers of the transport.</summary>
    private static bool TryParseParts(ref Utf8JsonReader reader, out TElement value)
    {
        if (TElement.IsNegative(TElement.MinValue))
        {
            bool read = reader.TryGetInt64(out long number);
            value = TElement.CreateTruncating(number);
            return read && long.CreateTruncating(value) == number;
        }
        else
        {
            bool read = reader.TryGetUInt64(out ulong number);
            value = TElement.CreateTruncating(number);
            return read && ulong.CreateTruncating(value) == number;
        }
    }
}
