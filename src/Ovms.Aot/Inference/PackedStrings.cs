using System.Buffers.Binary;

namespace Ovms.Inference;

/// <summary>Walks the elements of BYTES in raw form: a little-endian uint32 length and the bytes of each. The form was validated.</summary>
internal ref struct PackedStrings(ReadOnlySpan<byte> content)
{
    private ReadOnlySpan<byte> _rest = content;

    /// <summary>The next element; false after the last.</summary>
    public bool TryRead(out ReadOnlySpan<byte> element)
    {
        if (_rest.IsEmpty)
        {
            element = default;
            return false;
        }

        int length = (int)BinaryPrimitives.ReadUInt32LittleEndian(_rest);
        element = _rest.Slice(sizeof(uint), length);
        _rest = _rest[(sizeof(uint) + length)..];
        return true;
    }
}
