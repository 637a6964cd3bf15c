using System.Numerics;
using System.Text;

namespace Ovms.Wire;

/// <summary>Sizes of encoded protobuf fields in bytes; <see cref="ProtoWriter"/> writes exactly as many.</summary>
internal static class ProtoSize
{
    /// <summary>A varint: 7 bits a byte, at least one byte.</summary>
    public static int Varint(ulong value) => (BitOperations.Log2(value | 1) / 7) + 1;

    /// <summary>A field's tag.</summary>
    public static int Tag(int field) => Varint((ulong)field << 3);

    /// <summary>A field of <paramref name="length"/> bytes with its tag and length.</summary>
    public static long Field(int field, long length) => Tag(field) + Varint((ulong)length) + length;

    /// <summary>A text field; 0 for an empty text, which proto3 omits.</summary>
    public static long Text(int field, string text) => text.Length == 0 ? 0 : Field(field, Encoding.UTF8.GetByteCount(text));

    /// <summary>The numbers of a packed field, without tag and length.</summary>
    public static long Packed(ReadOnlySpan<long> values)
    {
        long size = 0;
        foreach (long value in values)
        {
            size += Varint((ulong)value);
        }

        return size;
    }
}
