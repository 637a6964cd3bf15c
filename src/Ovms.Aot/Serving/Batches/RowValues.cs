using System.Buffers.Binary;
using Ovms.Native;

namespace Ovms.Serving.Batches;

/// <summary>Makes and reads the elements of rows that a model is tried with.</summary>
internal static class RowValues
{
    private const float LargeFactor = 64;
    private const float SmallFactor = 1f / 1024;
    private const byte SmallBits = 3;

    private const int BitsPerByte = 8;

    /// <summary>Whether rows of this type can be made, cut apart and compared.</summary>
    public static bool Are(ElementType type) => BytesOf(type) > 0;

    /// <summary>Bytes of an element; 0 for types whose rows cannot be tried.</summary>
    public static int BytesOf(ElementType type) => type switch
    {
        ElementType.Boolean or ElementType.I8 or ElementType.U8 => 1,
        ElementType.F16 or ElementType.BF16 or ElementType.I16 or ElementType.U16 => 2,
        ElementType.F32 or ElementType.I32 or ElementType.U32 => 4,
        ElementType.F64 or ElementType.I64 or ElementType.U64 => 8,
        _ => 0,
    };

    /// <summary>Whether the type has fractions, so that results may differ in their last bits.</summary>
    public static bool AreRounded(ElementType type) =>
        type is ElementType.F16 or ElementType.BF16 or ElementType.F32 or ElementType.F64;

    /// <summary>Fills a row with values that any model should take: fractions below 1, bytes of images, and 0 or 1 where they may be
    /// indices.</summary>
    public static void Fill(ElementType type, Span<byte> row, Random random)
    {
        int size = BytesOf(type);
        for (; !row.IsEmpty; row = row[size..])
        {
            switch (type)
            {
                case ElementType.F16:
                    BinaryPrimitives.WriteHalfLittleEndian(row, (Half)random.NextSingle());
                    break;
                case ElementType.BF16:
                    BinaryPrimitives.WriteUInt16LittleEndian(row, (ushort)(BitConverter.SingleToUInt32Bits(random.NextSingle()) >> 16));
                    break;
                case ElementType.F32:
                    BinaryPrimitives.WriteSingleLittleEndian(row, random.NextSingle());
                    break;
                case ElementType.F64:
                    BinaryPrimitives.WriteDoubleLittleEndian(row, random.NextDouble());
                    break;
                case ElementType.U8:
                    row[0] = (byte)random.Next(1 << BitsPerByte);
                    break;
                default:
                    row[..size].Clear();
                    row[0] = (byte)random.Next(2);
                    break;
            }
        }
    }

    /// <summary>Makes fractions and bytes of images small or large; other types may be indices and stay.</summary>
    public static void Scale(ElementType type, Span<byte> row, bool isLarge)
    {
        int size = BytesOf(type);
        float factor = isLarge ? LargeFactor : SmallFactor;
        for (; !row.IsEmpty; row = row[size..])
        {
            switch (type)
            {
                case ElementType.F16:
                    BinaryPrimitives.WriteHalfLittleEndian(row, (Half)((float)BinaryPrimitives.ReadHalfLittleEndian(row) * factor));
                    break;
                case ElementType.BF16:
                    uint value = BitConverter.SingleToUInt32Bits((float)Read(type, row[..size])[0] * factor);
                    BinaryPrimitives.WriteUInt16LittleEndian(row, (ushort)(value >> 16));
                    break;
                case ElementType.F32:
                    BinaryPrimitives.WriteSingleLittleEndian(row, BinaryPrimitives.ReadSingleLittleEndian(row) * factor);
                    break;
                case ElementType.F64:
                    BinaryPrimitives.WriteDoubleLittleEndian(row, BinaryPrimitives.ReadDoubleLittleEndian(row) * factor);
                    break;
                case ElementType.U8:
                    row[0] = (byte)(isLarge ? row[0] : row[0] & SmallBits);
                    break;
            }
        }
    }

    /// <summary>The elements as numbers.</summary>
    public static double[] Read(ElementType type, ReadOnlySpan<byte> bytes)
    {
        int size = BytesOf(type);
        double[] values = new double[bytes.Length / size];
        for (int i = 0; i < values.Length; i++)
        {
            ReadOnlySpan<byte> at = bytes[(i * size)..];
            values[i] = type switch
            {
                ElementType.F16 => (double)BinaryPrimitives.ReadHalfLittleEndian(at),
                ElementType.BF16 => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(at) << 16),
                ElementType.F32 => BinaryPrimitives.ReadSingleLittleEndian(at),
                ElementType.F64 => BinaryPrimitives.ReadDoubleLittleEndian(at),
                ElementType.I8 => (sbyte)at[0],
                ElementType.I16 => BinaryPrimitives.ReadInt16LittleEndian(at),
                ElementType.U16 => BinaryPrimitives.ReadUInt16LittleEndian(at),
                ElementType.I32 => BinaryPrimitives.ReadInt32LittleEndian(at),
                ElementType.U32 => BinaryPrimitives.ReadUInt32LittleEndian(at),
                ElementType.I64 => BinaryPrimitives.ReadInt64LittleEndian(at),
                ElementType.U64 => BinaryPrimitives.ReadUInt64LittleEndian(at),
                _ => at[0],
            };
        }

        return values;
    }
}
