using System.Buffers;
using System.Buffers.Binary;

namespace Ovms.Tensors;

/// <summary>
/// The raw form of BYTES on the wire: for each element its length in bytes, as a little-endian uint32, and then its bytes. Everything that
/// reads or writes those lengths is here.
/// </summary>
internal static class BytesForm
{
    /// <summary>Bytes of the length that stands before each element.</summary>
    public const int PrefixSize = sizeof(uint);

    /// <summary>Appends one element.</summary>
    /// <returns>False where the content would become too large; nothing is appended then.</returns>
    public static bool TryAppend(NativeBuffer destination, ReadOnlySequence<byte> element)
    {
        if (!TryReserve(destination, element.Length, out Span<byte> room))
        {
            return false;
        }

        element.CopyTo(room);
        Commit(destination, (int)element.Length);
        return true;
    }

    /// <summary>Makes room for an element whose length is known only after it was decoded into that room.</summary>
    /// <param name="destination">Where the element goes.</param>
    /// <param name="most">The most bytes that the element may turn out to have.</param>
    /// <param name="room">At least <paramref name="most"/> bytes, valid until <see cref="Commit"/>.</param>
    /// <returns>False where the content would become too large.</returns>
    public static bool TryReserve(NativeBuffer destination, long most, out Span<byte> room)
    {
        bool isReserved = destination.TryReserve(PrefixSize + most);
        room = isReserved ? destination.Free[PrefixSize..] : default;
        return isReserved;
    }

    /// <summary>Ends the element that was decoded after <see cref="TryReserve"/>.</summary>
    /// <param name="destination">The same buffer.</param>
    /// <param name="length">How many bytes the element has.</param>
    public static void Commit(NativeBuffer destination, int length)
    {
        WritePrefix(destination.Free, length);
        destination.Advance(PrefixSize + length);
    }

    /// <summary>Writes one element.</summary>
    public static void Write(IBufferWriter<byte> writer, ReadOnlySpan<byte> element)
    {
        WritePrefix(writer.GetSpan(PrefixSize), element.Length);
        writer.Advance(PrefixSize);
        writer.Write(element);
    }

    /// <summary>Writes an element's length.</summary>
    /// <param name="destination">At least <see cref="PrefixSize"/> bytes.</param>
    /// <param name="length">Bytes of the element that follows.</param>
    public static void WritePrefix(Span<byte> destination, int length) => BinaryPrimitives.WriteUInt32LittleEndian(destination, (uint)length);
}

/// <summary>Walks the elements of BYTES in raw form.</summary>
/// <param name="content">The whole content.</param>
internal ref struct BytesElements(ReadOnlySpan<byte> content)
{
    private ReadOnlySpan<byte> _rest = content;

    /// <summary>Bytes that were not read yet.</summary>
    public readonly int Left => _rest.Length;

    /// <summary>Reads the next element of a content that was validated; false after the last one.</summary>
    public bool TryRead(out ReadOnlySpan<byte> element) => Read(out element, out _) == BytesElement.Whole;

    /// <summary>Reads the next element of a content that may be malformed.</summary>
    /// <param name="element">Its bytes, where it is <see cref="BytesElement.Whole"/>.</param>
    /// <param name="length">Its length as it says itself, where it does.</param>
    public BytesElement Read(out ReadOnlySpan<byte> element, out uint length)
    {
        element = default;
        length = 0;
        if (_rest.IsEmpty)
        {
            return BytesElement.None;
        }

        if (!BinaryPrimitives.TryReadUInt32LittleEndian(_rest, out length))
        {
            return BytesElement.HasNoLength;
        }

        ReadOnlySpan<byte> behind = _rest[BytesForm.PrefixSize..];
        if (length > (uint)behind.Length)
        {
            return BytesElement.IsCutOff;
        }

        element = behind[..(int)length];
        _rest = behind[(int)length..];
        return BytesElement.Whole;
    }
}

/// <summary>What stands at a place where an element of BYTES is expected.</summary>
internal enum BytesElement
{
    /// <summary>The content ends there.</summary>
    None,

    /// <summary>An element.</summary>
    Whole,

    /// <summary>Fewer bytes than a length takes.</summary>
    HasNoLength,

    /// <summary>A length that is larger than what is left.</summary>
    IsCutOff,
}
