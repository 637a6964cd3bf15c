using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using Ovms.Native;
using Ovms.Tensors;

namespace Ovms.Graphs.Calculators.Vision;

/// <summary>Resizes a part of an image into a part of another one, of the same channels and samples.</summary>
/// <remarks>Works row by row: beside the two images only three rows of floats are in memory.</remarks>
internal static class Resampler
{
    private const int RowsBetweenCancellationChecks = 64;

    /// <summary>Resizes all of an image.</summary>
    /// <param name="source">The samples of the source.</param>
    /// <param name="from">The source.</param>
    /// <param name="target">The samples of the target; those outside of <paramref name="place"/> are left.</param>
    /// <param name="to">The target.</param>
    /// <param name="place">The part of the target that is written; inside of it.</param>
    /// <param name="filter">How pixels between those of the source are made.</param>
    /// <param name="cancellation">Checked every few rows.</param>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public static void Resize(
        NativeBuffer source, ImageForm from, NativeBuffer target, ImageForm to, PixelArea place, PixelFilter filter,
        CancellationToken cancellation)
    {
        switch (from.Type)
        {
            case ElementType.U8:
                Resize<byte>(source, from, target, to, place, filter, cancellation);
                break;
            case ElementType.U16:
                Resize<ushort>(source, from, target, to, place, filter, cancellation);
                break;
            default:
                Resize<float>(source, from, target, to, place, filter, cancellation);
                break;
        }
    }

    private static void Resize<T>(
        NativeBuffer source, ImageForm from, NativeBuffer target, ImageForm to, PixelArea place, PixelFilter filter,
        CancellationToken cancellation)
        where T : unmanaged, INumber<T>
    {
        ReadOnlySpan<T> samples = MemoryMarshal.Cast<byte, T>(source.Bytes);
        Span<T> result = MemoryMarshal.Cast<byte, T>(target.Bytes);
        PixelTaps columns = PixelTaps.Of(from.Width, place.Width, filter);
        PixelTaps rows = PixelTaps.Of(from.Height, place.Height, filter);
        int length = place.Width * to.Channels;
        float[] sum = ArrayPool<float>.Shared.Rent(length);
        RowCache cache = new(length);
        try
        {
            for (int y = 0; y < place.Height; y++)
            {
                if (y % RowsBetweenCancellationChecks == 0)
                {
                    cancellation.ThrowIfCancellationRequested();
                }

                Span<float> mixed = sum.AsSpan(0, length);
                mixed.Clear();
                int first = rows.First[y];
                ReadOnlySpan<float> weights = rows.WeightsOf(y);
                for (int tap = 0; tap < weights.Length; tap++)
                {
                    int row = first + tap;
                    if (!cache.TryGet(row, out Span<float> stretched))
                    {
                        int rowLength = from.Width * from.Channels;
                        Stretch(samples.Slice(row * rowLength, rowLength), from.Channels, columns, stretched);
                    }

                    for (int i = 0; i < mixed.Length; i++)
                    {
                        mixed[i] += stretched[i] * weights[tap];
                    }
                }

                Store(mixed, result.Slice((((place.Top + y) * to.Width) + place.Left) * to.Channels, length));
            }
        }
        finally
        {
            cache.Return();
            ArrayPool<float>.Shared.Return(sum);
        }
    }

    private static void Stretch<T>(ReadOnlySpan<T> row, int channels, PixelTaps columns, Span<float> result)
        where T : unmanaged, INumber<T>
    {
        for (int x = 0; x < columns.First.Length; x++)
        {
            ReadOnlySpan<float> weights = columns.WeightsOf(x);
            for (int channel = 0; channel < channels; channel++)
            {
                float sum = 0;
                int at = (columns.First[x] * channels) + channel;
                for (int tap = 0; tap < weights.Length; tap++, at += channels)
                {
                    sum += float.CreateTruncating(row[at]) * weights[tap];
                }

                result[(x * channels) + channel] = sum;
            }
        }
    }

    private static void Store<T>(ReadOnlySpan<float> from, Span<T> to)
        where T : unmanaged, INumber<T>
    {
        bool isReal = typeof(T) == typeof(float);
        for (int i = 0; i < from.Length; i++)
        {
            to[i] = isReal ? T.CreateTruncating(from[i]) : T.CreateSaturating(MathF.Round(from[i]));
        }
    }

    // The two rows stretched last, since neighbouring rows of the result share rows of the source.
    private struct RowCache(int length)
    {
        private readonly float[] _even = ArrayPool<float>.Shared.Rent(length);
        private readonly float[] _odd = ArrayPool<float>.Shared.Rent(length);
        private int _evenIs = -1;
        private int _oddIs = -1;

        // False if the row must be filled.
        public bool TryGet(int row, out Span<float> values)
        {
            bool isEven = row % 2 == 0;
            values = (isEven ? _even : _odd).AsSpan(0, length);
            bool has = (isEven ? _evenIs : _oddIs) == row;
            if (isEven)
            {
                _evenIs = row;
            }
            else
            {
                _oddIs = row;
            }

            return has;
        }

        public readonly void Return()
        {
            ArrayPool<float>.Shared.Return(_even);
            ArrayPool<float>.Shared.Return(_odd);
        }
    }
}
