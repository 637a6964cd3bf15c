using System.Buffers;
using System.Numerics;
using Ovms.Inference.Bytes;

namespace Ovms.Inference.Images;

/// <summary>Resizes images by bilinear interpolation between the centres of pixels, with weights of 11 bits.</summary>
/// <remarks>
/// Results differ by at most 1 from those of the original's library. Rows are resized one by one, so that only a few rows are in memory
/// beside source and destination.
/// </remarks>
internal static class Bilinear
{
    private const int WeightBits = 11;
    private const int One = 1 << WeightBits;
    private const int RowsBetweenCancellationChecks = 64;

    /// <summary>Resizes one image and writes it in the model's type. Copies it if the size is already right.</summary>
    /// <param name="source">The rows of the source, without gaps.</param>
    /// <param name="width">Columns of the source.</param>
    /// <param name="stride">Samples per pixel of the source. The first ones are the channels.</param>
    /// <param name="size">The size of the result.</param>
    /// <param name="writer">The writer of the model's type.</param>
    /// <param name="destination">Memory for all elements.</param>
    /// <param name="cancellation">Checked every few rows.</param>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public static void Resize<TSample>(
        ReadOnlySpan<TSample> source,
        int width,
        int stride,
        ImageSize size,
        PixelWriter writer,
        Span<byte> destination,
        CancellationToken cancellation)
        where TSample : unmanaged, IBinaryInteger<TSample>
    {
        int height = source.Length / stride / width;
        int rowLength = size.Width * size.Channels;
        int rowBytes = rowLength * writer.ElementSize;
        Axis columns = new(width, size.Width);
        Axis rows = new(height, size.Height);
        int[] above = ArrayPool<int>.Shared.Rent(rowLength);
        int[] below = ArrayPool<int>.Shared.Rent(rowLength);
        ushort[] result = ArrayPool<ushort>.Shared.Rent(rowLength);
        try
        {
            int aboveIs = -1;
            int belowIs = -1;
            for (int y = 0; y < size.Height; y++)
            {
                if (y % RowsBetweenCancellationChecks == 0)
                {
                    cancellation.ThrowIfCancellationRequested();
                }

                (int first, int second, int weight) = rows.At(y);
                if (first == belowIs)
                {
                    (above, below, aboveIs, belowIs) = (below, above, belowIs, aboveIs);
                }

                if (first != aboveIs)
                {
                    ReadOnlySpan<TSample> row = source.Slice(first * width * stride, width * stride);
                    Stretch(row, stride, size.Channels, columns, above.AsSpan(0, rowLength));
                    aboveIs = first;
                }

                if (weight != 0 && second != belowIs)
                {
                    ReadOnlySpan<TSample> row = source.Slice(second * width * stride, width * stride);
                    Stretch(row, stride, size.Channels, columns, below.AsSpan(0, rowLength));
                    belowIs = second;
                }

                Mix(above.AsSpan(0, rowLength), below.AsSpan(0, rowLength), weight, result.AsSpan(0, rowLength));
                writer.Write(result.AsSpan(0, rowLength), destination.Slice(y * rowBytes, rowBytes));
            }
        }
        finally
        {
            ArrayPool<int>.Shared.Return(above);
            ArrayPool<int>.Shared.Return(below);
            ArrayPool<ushort>.Shared.Return(result);
        }
    }

    // Results are scaled by 2 to the power of WeightBits.
    private static void Stretch<TSample>(ReadOnlySpan<TSample> row, int stride, int channels, Axis columns, Span<int> result)
        where TSample : unmanaged, IBinaryInteger<TSample>
    {
        for (int x = 0; x < columns.Length; x++)
        {
            (int first, int second, int weight) = columns.At(x);
            ReadOnlySpan<TSample> left = row.Slice(first * stride, channels);
            ReadOnlySpan<TSample> right = row.Slice(second * stride, channels);
            Span<int> pixel = result.Slice(x * channels, channels);
            for (int c = 0; c < pixel.Length; c++)
            {
                pixel[c] = (int.CreateTruncating(left[c]) * (One - weight)) + (int.CreateTruncating(right[c]) * weight);
            }
        }
    }

    private static void Mix(ReadOnlySpan<int> above, ReadOnlySpan<int> below, int weight, Span<ushort> result)
    {
        if (weight == 0)
        {
            for (int i = 0; i < result.Length; i++)
            {
                result[i] = (ushort)((above[i] + (One / 2)) >> WeightBits);
            }

            return;
        }

        const long Half = 1L << ((2 * WeightBits) - 1);
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = (ushort)((((long)above[i] * (One - weight)) + ((long)below[i] * weight) + Half) >> (2 * WeightBits));
        }
    }

    /// <summary>Maps positions of the result to positions of the source along one axis.</summary>
    private readonly struct Axis(int from, int to)
    {
        private readonly double _step = (double)from / to;

        public int Length => to;

        /// <summary>The two neighbours, and the weight of the second.</summary>
        public (int First, int Second, int Weight) At(int place)
        {
            double exact = ((place + 0.5) * _step) - 0.5;
            int first = (int)Math.Floor(exact);
            return first < 0 ? (0, 0, 0)
                : first >= from - 1 ? (from - 1, from - 1, 0)
                : (first, first + 1, (int)Math.Round((exact - first) * One));
        }
    }
}
