using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Ovms.Wire;

namespace Ovms.Tensors;

/// <summary>Integers, exact in every form.</summary>
/// <typeparam name="TElement">The element.</typeparam>
/// <typeparam name="TField">Type of the protobuf field, which may be wider than the element.</typeparam>
internal readonly struct IntegerFormat<TElement, TField> : IElementFormat<TElement>
    where TElement : unmanaged, IBinaryInteger<TElement>, IMinMaxValue<TElement>
    where TField : unmanaged, IBinaryInteger<TField>
{
    public static WireType Wire => WireType.Varint;

    public static bool PackedIsRaw => false;

    public static int MaxTextLength => 20;

    public static string Range =>
        string.Create(CultureInfo.InvariantCulture, $"whole numbers from {TElement.MinValue} to {TElement.MaxValue}");

    public static bool TryFromWire(ulong bits, out TElement value)
    {
        // Protobuf truncates to the field's own width; from there on no bits may be lost.
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

        // Only a number that spans two buffers is copied; bodies are read whole.
        ReadOnlySpan<byte> text = reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan;
        return TElement.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)
            || TryConvertText(text, out value);
    }

    public static bool TryConvert(in JsonNumber number, out TElement value)
    {
        if (!number.IsWhole || number.IsLong)
        {
            return TryConvertText(number.Text, out value);
        }

        return TryConvert(number.Digits, number.IsNegative, out value);
    }

    public static int Format(TElement value, Span<byte> destination)
    {
        bool fits = value.TryFormat(destination, out int written, default, CultureInfo.InvariantCulture);
        Debug.Assert(fits, "20 characters hold every 64-bit number.");
        return written;
    }

    private static bool TryConvert(ulong magnitude, bool isNegative, out TElement value)
    {
        value = TElement.CreateTruncating(magnitude);
        ulong limit = ulong.CreateTruncating(TElement.MaxValue);
        if (isNegative)
        {
            value = unchecked(TElement.Zero - value);
            limit = TElement.IsNegative(TElement.MinValue) ? limit + 1 : 0;
        }

        return magnitude <= limit;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryConvertText(ReadOnlySpan<byte> text, out TElement value)
    {
        bool isWhole = WholeNumber.TryRead(text, out ulong magnitude);
        return TryConvert(magnitude, text[0] == '-', out value) && isWhole;
    }
}
