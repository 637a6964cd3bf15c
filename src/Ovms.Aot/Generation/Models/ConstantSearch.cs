using System.Buffers.Binary;
using Ovms.Disk;

namespace Ovms.Generation.Models;

/// <summary>
/// Finds a number among the constants of a model. A text edit cannot add bytes to the weights, but a new constant may share those of
/// another.
/// </summary>
internal static class ConstantSearch
{
    private const int MostReads = 10_000;

    /// <summary>Where in the weights a number lies; null if it was not found.</summary>
    /// <exception cref="IOException">The weights cannot be read.</exception>
    public static IrConstant? Find(IReadOnlyList<IrConstant> constants, string weights, long number)
    {
        using FileStream file = RegularFile.OpenRead(weights);
        Span<byte> bytes = stackalloc byte[sizeof(long) * 8];
        foreach (IrConstant constant in constants.Take(MostReads))
        {
            Span<byte> all = bytes[..(constant.Bytes * constant.Count)];
            if (RandomAccess.Read(file.SafeFileHandle, all, constant.Offset) != all.Length)
                continue;
            for (int i = 0; i < constant.Count; i++)
            {
                ReadOnlySpan<byte> one = all.Slice(i * constant.Bytes, constant.Bytes);
                long value = constant.Bytes == sizeof(int)
                    ? BinaryPrimitives.ReadInt32LittleEndian(one)
                    : BinaryPrimitives.ReadInt64LittleEndian(one);
                if (value == number)
                    return new IrConstant(constant.Bytes, constant.Offset + (i * constant.Bytes), 1);
            }
        }

        return null;
    }
}
