using System.Buffers;
using Ovms.Native;
using Ovms.Tensors;

namespace Ovms.Serving.Requests;

/// <summary>Texts that a model without strings gives as rows of U8, a NUL behind each text.</summary>
internal static class TextRows
{
    /// <summary>Reads an output's rows as strings, each up to its first NUL, and frees the rows.</summary>
    public static Tensor Unpack(Tensor rows)
    {
        using Tensor owned = rows;
        long[] shape = rows.GetShape();
        int count = (int)shape[0];
        int width = (int)shape[1];
        int[] lengths = ArrayPool<int>.Shared.Rent(Math.Max(count, 1));
        using NativeBuffer texts = new(count * width);
        try
        {
            ReadOnlySpan<byte> bytes = rows.Bytes;
            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<byte> row = bytes.Slice(i * width, width);
                int end = row.IndexOf((byte)0);
                ReadOnlySpan<byte> text = end < 0 ? row : row[..end];
                text.CopyTo(texts.Free);
                texts.Advance(text.Length);
                lengths[i] = text.Length;
            }

            return Tensor.CreateStrings([count], lengths.AsSpan(0, count), texts.Bytes);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(lengths);
        }
    }
}
