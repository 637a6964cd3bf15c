using System.Buffers;
using Ovms.Native;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Serving.Requests;

/// <summary>Unpacks the texts of a model without string outputs: rows of U8, each text followed by a NUL.</summary>
internal static class TextRows
{
    /// <summary>Converts an output's rows to strings, each up to its first NUL, and disposes the rows.</summary>
    /// <exception cref="OvmsException">The rows are too large to be sent.</exception>
    public static Tensor Unpack(Tensor rows)
    {
        using Tensor owned = rows;
        Outcome size = OutputLimit.Check("of texts", (long)rows.ByteSize);
        if (!size.IsOk)
        {
            throw new OvmsException(size);
        }

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
