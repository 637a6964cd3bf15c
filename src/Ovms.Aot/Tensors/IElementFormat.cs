using System.Text.Json;
using Ovms.Wire;

namespace Ovms.Tensors;

/// <summary>
/// What one element of a type is outside of raw bytes. Implemented by empty structs, so that the loops of
/// <see cref="ValueMarshaler{TElement, TFormat}"/> are compiled once for each type, without a call an element.
/// </summary>
internal interface IElementFormat<TElement>
    where TElement : unmanaged
{
    /// <summary>How protobuf carries one value.</summary>
    static abstract WireType Wire { get; }

    /// <summary>Whether protobuf's packed form is the raw form, so that it can be copied as memory.</summary>
    static abstract bool PackedIsRaw { get; }

    /// <summary>The longest text that <see cref="Format"/> writes.</summary>
    static abstract int MaxTextLength { get; }

    /// <summary>The values that are taken, as the end of "FP32 takes ".</summary>
    static abstract string Range { get; }

    /// <summary>From a varint or the bits of a fixed field; false for a value out of the type's range.</summary>
    static abstract bool TryFromWire(ulong bits, out TElement value);

    /// <summary>The value of a field as text, for messages.</summary>
    static abstract string Describe(ulong bits);

    /// <summary>From the JSON token the reader stands on; false for another kind of token or a value out of the type's range.</summary>
    static abstract bool TryParse(ref Utf8JsonReader reader, out TElement value);

    /// <summary>
    /// From a number read out of JSON, with the same value as <see cref="TryParse"/> gives; false where the full reader has to look.
    /// </summary>
    static virtual bool TryConvert(in JsonNumber number, out TElement value)
    {
        value = default;
        return false;
    }

    /// <summary>Writes JSON and returns its length; the destination has room for <see cref="MaxTextLength"/>.</summary>
    static abstract int Format(TElement value, Span<byte> destination);
}
