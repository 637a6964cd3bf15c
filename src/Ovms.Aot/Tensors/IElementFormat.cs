using System.Text.Json;
using Ovms.Wire;

namespace Ovms.Tensors;

/// <summary>
/// Forms of one element of a type other than raw bytes. Implemented by empty structs, so that the loops of
/// <see cref="ValueMarshaler{TElement, TFormat}"/> are compiled for each type without a call per element.
/// </summary>
internal interface IElementFormat<TElement>
    where TElement : unmanaged
{
    /// <summary>Wire type of one value in protobuf.</summary>
    static abstract WireType Wire { get; }

    /// <summary>Whether protobuf's packed form equals the raw form, so that it can be copied as memory.</summary>
    static abstract bool PackedIsRaw { get; }

    /// <summary>Maximum length of the text that <see cref="Format"/> writes.</summary>
    static abstract int MaxTextLength { get; }

    /// <summary>The accepted values, as the end of "FP32 takes ".</summary>
    static abstract string Range { get; }

    /// <summary>Converts a varint or the bits of a fixed field; false if the value is out of the type's range.</summary>
    static abstract bool TryFromWire(ulong bits, out TElement value);

    /// <summary>A field's value as text, for messages.</summary>
    static abstract string Describe(ulong bits);

    /// <summary>Reads the current JSON token; false for another kind of token or a value out of the type's range.</summary>
    static abstract bool TryParse(ref Utf8JsonReader reader, out TElement value);

    /// <summary>Converts a parsed JSON number to the same value as <see cref="TryParse"/>; false if only the full reader can.</summary>
    static virtual bool TryConvert(in JsonNumber number, out TElement value)
    {
        value = default;
        return false;
    }

    /// <summary>Writes JSON and returns its length. The destination has room for <see cref="MaxTextLength"/>.</summary>
    static abstract int Format(TElement value, Span<byte> destination);
}
