using System.Buffers;
using System.Buffers.Binary;

namespace Ovms.Tensors;

/// <summary>
/// Raw form of BYTES on the wire: for each element its length in bytes as a little-endian uint32, then its bytes. All code of the server
/// that reads or writes these lengths is here. Generated clients do not refer to the server, so the generator emits the same form into
/// them: Ovms.Generators/Tensors/TensorBytesSource.
/// </summary>
internal static class BytesForm
{
    /// <summary>Size of the length prefix in bytes.</summary>
    public const int PrefixSize = sizeof(uint);

    /// <summary>Appends one element.</summary>
    /// <returns>False if the content would become too large; then nothing is appended.</returns>
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

    /// <summary>Reserves room for an element whose length is known only after decoding it into that room.</summary>
    /// <param name="destination">The buffer.</param>
    /// <param name="most">Maximum length of the element in bytes.</param>
    /// <param name="room">At least <paramref name="most"/> bytes, valid until <see cref="Commit"/>.</param>
    /// <returns>False if the content would become too large.</returns>
    public static bool TryReserve(NativeBuffer destination, long most, out Span<byte> room)
    {
        bool isReserved = destination.TryReserve(PrefixSize + most);
        room = isReserved ? destination.Free[PrefixSize..] : default;
        return isReserved;
    }

    /// <summary>Completes the element that was decoded after <see cref="TryReserve"/>.</summary>
    /// <param name="destination">The same buffer.</param>
    /// <param name="length">Length of the element in bytes.</param>
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
    /// <param name="length">Length in bytes of the element that follows.</param>
    public static void WritePrefix(Span<byte> destination, int length) =>
        BinaryPrimitives.WriteUInt32LittleEndian(destination, (uint)length);
}

/// <summary>Reads the elements of BYTES in raw form one by one.</summary>
/// <param name="content">The whole content.</param>
internal ref struct BytesElements(ReadOnlySpan<byte> content)
{
    private ReadOnlySpan<byte> _rest = content;

    /// <summary>Bytes not read yet.</summary>
    public readonly int Left => _rest.Length;

    /// <summary>Reads the next element of validated content; false after the last one.</summary>
    public bool TryRead(out ReadOnlySpan<byte> element) => Read(out element, out _) == BytesElement.Whole;

    /// <summary>Reads the next element of content that may be malformed.</summary>
    /// <param name="element">Its bytes, if it is <see cref="BytesElement.Whole"/>.</param>
    /// <param name="length">The length in its prefix; 0 without a prefix.</param>
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

/// <summary>Result of reading an element of BYTES.</summary>
internal enum BytesElement
{
    /// <summary>The content has ended.</summary>
    None,

    /// <summary>A complete element.</summary>
    Whole,

    /// <summary>Too few bytes for a length prefix.</summary>
    HasNoLength,

    /// <summary>The length is larger than the rest of the content.</summary>
    IsCutOff,
}
