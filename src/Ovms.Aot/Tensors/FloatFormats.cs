using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Ovms.Wire;

namespace Ovms.Tensors;

/// <summary>FP32.</summary>
internal readonly struct SingleFormat : IElementFormat<float>
{
    public static WireType Wire => WireType.Fixed32;

    public static bool PackedIsRaw => true;

    public static int MaxTextLength => JsonFloat.MaxTextLength;

    public static string Range => FloatRange.Of("3.4028235E+38");

    public static bool TryFromWire(ulong bits, out float value)
    {
        value = BitConverter.UInt32BitsToSingle((uint)bits);
        return true;
    }

    public static string Describe(ulong bits) => FloatRange.Describe((uint)bits);

    public static bool TryParse(ref Utf8JsonReader reader, out float value) => JsonFloat.TryReadSingle(ref reader, out value);

    public static bool TryConvert(in JsonNumber number, out float value)
    {
        value = DecimalNumber.ToSingle(number);
        return float.IsFinite(value);
    }

    public static int Format(float value, Span<byte> destination) => JsonFloat.Format(value, destination);
}

/// <summary>FP64.</summary>
internal readonly struct DoubleFormat : IElementFormat<double>
{
    public static WireType Wire => WireType.Fixed64;

    public static bool PackedIsRaw => true;

    public static int MaxTextLength => JsonFloat.MaxTextLength;

    public static string Range => FloatRange.Of("1.7976931348623157E+308");

    public static bool TryFromWire(ulong bits, out double value)
    {
        value = BitConverter.UInt64BitsToDouble(bits);
        return true;
    }

    public static string Describe(ulong bits) => BitConverter.UInt64BitsToDouble(bits).ToString(CultureInfo.InvariantCulture);

    public static bool TryParse(ref Utf8JsonReader reader, out double value) => JsonFloat.TryReadDouble(ref reader, out value);

    public static bool TryConvert(in JsonNumber number, out double value)
    {
        value = DecimalNumber.ToDouble(number);
        return double.IsFinite(value);
    }

    public static int Format(double value, Span<byte> destination) => JsonFloat.Format(value, destination);
}

/// <summary>FP16; carried as singles in typed contents, since protobuf has no half type.</summary>
internal readonly struct HalfFormat : IElementFormat<Half>
{
    public static WireType Wire => WireType.Fixed32;

    public static bool PackedIsRaw => false;

    public static int MaxTextLength => JsonFloat.MaxTextLength;

    public static string Range => FloatRange.Of("65504");

    public static bool TryFromWire(ulong bits, out Half value)
    {
        float single = BitConverter.UInt32BitsToSingle((uint)bits);
        value = (Half)single;
        return Half.IsFinite(value) || !float.IsFinite(single);
    }

    public static string Describe(ulong bits) => FloatRange.Describe((uint)bits);

    public static bool TryParse(ref Utf8JsonReader reader, out Half value)
    {
        bool read = JsonFloat.TryReadDouble(ref reader, out double wide);
        value = (Half)wide;
        return read && (Half.IsFinite(value) || !double.IsFinite(wide));
    }

    public static bool TryConvert(in JsonNumber number, out Half value)
    {
        value = (Half)DecimalNumber.ToDouble(number);
        return Half.IsFinite(value);
    }

    public static int Format(Half value, Span<byte> destination)
    {
        if (ShortestDecimal.TryFormat<HalfPrecision>((double)value, destination, out int length))
        {
            return length;
        }

        if (!Half.IsFinite(value))
        {
            return JsonFloat.FormatName((double)value, destination);
        }

        bool fits = value.TryFormat(destination, out int written, default, CultureInfo.InvariantCulture);
        Debug.Assert(fits, "Five digits and an exponent fit.");
        return JsonFloat.EnsureFraction(destination, written);
    }
}

/// <summary>BF16; carried as singles in typed contents, since protobuf has no bfloat16 type.</summary>
internal readonly struct BFloat16Format : IElementFormat<BFloat16>
{
    public static WireType Wire => WireType.Fixed32;

    public static bool PackedIsRaw => false;

    public static int MaxTextLength => JsonFloat.MaxTextLength;

    public static string Range => FloatRange.Of("3.3895314E+38");

    public static bool TryFromWire(ulong bits, out BFloat16 value)
    {
        float single = BitConverter.UInt32BitsToSingle((uint)bits);
        value = BFloat16.FromSingle(single);
        return value.IsFinite || !float.IsFinite(single);
    }

    public static string Describe(ulong bits) => FloatRange.Describe((uint)bits);

    public static bool TryParse(ref Utf8JsonReader reader, out BFloat16 value)
    {
        bool read = JsonFloat.TryReadDouble(ref reader, out double wide);
        value = BFloat16.FromDouble(wide);
        return read && (value.IsFinite || !double.IsFinite(wide));
    }

    public static bool TryConvert(in JsonNumber number, out BFloat16 value)
    {
        value = BFloat16.FromDouble(DecimalNumber.ToDouble(number));
        return value.IsFinite;
    }

    public static int Format(BFloat16 value, Span<byte> destination) =>
        ShortestDecimal.TryFormat<BFloat16Precision>(value.ToSingle(), destination, out int length) ? length
        : value.IsFinite ? JsonFloat.EnsureFraction(destination, value.Format(destination))
        : JsonFloat.FormatName(value.ToSingle(), destination);
}

/// <summary>Texts about floating-point values, for messages.</summary>
internal static class FloatRange
{
    public static string Of(string largest) =>
        $"numbers from -{largest} to {largest} and the strings \"NaN\", \"Infinity\" and \"-Infinity\"";

    public static string Describe(uint singleBits) => BitConverter.UInt32BitsToSingle(singleBits).ToString(CultureInfo.InvariantCulture);
}
