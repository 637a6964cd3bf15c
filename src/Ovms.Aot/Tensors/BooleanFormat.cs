using System.Text.Json;
using Ovms.Wire;

namespace Ovms.Tensors;

/// <summary>BOOL: a byte 0 or 1 in raw form, true and false in JSON.</summary>
internal readonly struct BooleanFormat : IElementFormat<byte>
{
    public static WireType Wire => WireType.Varint;

    public static bool PackedIsRaw => false;

    public static int MaxTextLength => 5;

    public static string Range => "true and false";

    public static bool TryFromWire(ulong bits, out byte value)
    {
        value = bits != 0 ? (byte)1 : (byte)0;
        return true;
    }

    public static string Describe(ulong bits) => bits != 0 ? "true" : "false";

    public static bool TryParse(ref Utf8JsonReader reader, out byte value)
    {
        value = reader.TokenType == JsonTokenType.True ? (byte)1 : (byte)0;
        return reader.TokenType is JsonTokenType.True or JsonTokenType.False;
    }

    public static int Format(byte value, Span<byte> destination)
    {
        ReadOnlySpan<byte> text = value != 0 ? "true"u8 : "false"u8;
        text.CopyTo(destination);
        return text.Length;
    }
}
