using System.Buffers;
using System.Buffers.Binary;

namespace Ovms.Tensors;

/// <summary>The raw form of BYTES: a little-endian uint32 length and the bytes of each element, one after another.</summary>
internal static class PackedText
{
    /// <summary>Appends one element; false where the content would grow too large.</summary>
    public static bool TryAppend(NativeBuffer destination, ReadOnlySequence<byte> element)
    {
        if (!destination.TryReserve(sizeof(uint) + element.Length))
        {
            return false;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(destination.Free, (uint)element.Length);
        element.CopyTo(destination.Free[sizeof(uint)..]);
        destination.Advance(sizeof(uint) + (int)element.Length);
        return true;
    }
}
