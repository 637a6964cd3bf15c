using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Inference.Images;

/// <summary>
/// Decodes the samples of a 16-bit PNG, which SkiaSharp rounds to 8 or 11 bits. SkiaSharp has already read the header and accepted it.
/// </summary>
internal static class DeepPng
{
    private const int SampleBytes = sizeof(ushort);
    private const int Channels = 4;
    private const int Signature = 8;
    private const int ChunkFrame = 12;
    private const int Header = Signature + 8;

    // First column, first row and the steps to the next, for each pass of an interlaced image. Other images have a single pass.
    private static readonly (int X, int Y, int StepX, int StepY)[] s_interlaced =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    private static readonly (int X, int Y, int StepX, int StepY)[] s_whole = [(0, 0, 1, 1)];

    /// <summary>Bytes that <see cref="Decode"/> takes beside the pixels: the compressed data in one piece, and two rows.</summary>
    public static long WorkingBytes(ReadOnlySpan<byte> file) => file.Length + RowBytes(file);

    /// <summary>Decodes every pixel.</summary>
    /// <param name="file">The file.</param>
    /// <param name="pixels">Receives blue, green, red and alpha of each pixel. For gray pixels the first three are equal.</param>
    /// <param name="cancellation">Checked at every row.</param>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public static Outcome Decode(ReadOnlySpan<byte> file, Span<ushort> pixels, CancellationToken cancellation)
    {
        int width = BinaryPrimitives.ReadInt32BigEndian(file[Header..]);
        int height = BinaryPrimitives.ReadInt32BigEndian(file[(Header + 4)..]);
        int samples = SamplesOf(file);
        if (samples == 0 || (long)width * height * Channels != pixels.Length)
        {
            return Broken("its header is");
        }

        using NativeBuffer packed = DataOf(file);
        using NativeBuffer rows = new((int)RowBytes(file));
        try
        {
            using ZLibStream data = Open(packed);
            foreach ((int x, int y, int stepX, int stepY) in file[Header + 12] == 0 ? s_whole : s_interlaced)
            {
                int columns = (width - x + stepX - 1) / stepX;
                Span<byte> above = rows.Free[..(columns * samples * SampleBytes)];
                Span<byte> row = rows.Free.Slice(above.Length, above.Length);
                above.Clear();
                for (int line = y; line < height && columns > 0; line += stepY)
                {
                    cancellation.ThrowIfCancellationRequested();
                    int filter = data.ReadByte();
                    data.ReadExactly(row);
                    if (!TryUnfilter(filter, row, above, samples * SampleBytes))
                    {
                        return Broken($"filter {filter} of row {line} is");
                    }

                    Scatter(MemoryMarshal.Cast<byte, ushort>(row), samples, pixels[(line * width * Channels)..], x, stepX);
                    Span<byte> done = row;
                    row = above;
                    above = done;
                }
            }

            return Outcome.Ok;
        }
        catch (EndOfStreamException)
        {
            return Outcome.Fail(StatusCode.ImageParsingFailed, "it ends before its last pixel");
        }
        catch (InvalidDataException)
        {
            return Broken("its compressed content is");
        }
    }

    private static int SamplesOf(ReadOnlySpan<byte> file) => file[Header + 9] switch { 0 => 1, 2 => 3, 4 => 2, 6 => 4, _ => 0 };

    private static long RowBytes(ReadOnlySpan<byte> file) =>
        2L * BinaryPrimitives.ReadInt32BigEndian(file[Header..]) * SamplesOf(file) * SampleBytes;

    private static unsafe ZLibStream Open(NativeBuffer packed) =>
        new(new UnmanagedMemoryStream((byte*)packed.Address, packed.Length), CompressionMode.Decompress);

    // The compressed data may be split into chunks at any byte.
    private static NativeBuffer DataOf(ReadOnlySpan<byte> file)
    {
        NativeBuffer data = new(file.Length);
        ReadOnlySpan<byte> rest = file[Signature..];
        while (rest.Length >= ChunkFrame)
        {
            int length = (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(rest), (uint)(rest.Length - ChunkFrame));
            if (rest[4..8].SequenceEqual("IDAT"u8))
            {
                rest.Slice(8, length).CopyTo(data.Free);
                data.Advance(length);
            }

            rest = rest[(ChunkFrame + length)..];
        }

        return data;
    }

    // Each byte is stored as its difference to a prediction from the bytes to the left, above, and above left.
    private static bool TryUnfilter(int filter, Span<byte> row, ReadOnlySpan<byte> above, int pixel)
    {
        if (filter is < 0 or > 4)
        {
            return false;
        }

        for (int i = 0; i < row.Length && filter != 0; i++)
        {
            int left = i < pixel ? 0 : row[i - pixel];
            int up = above[i];
            row[i] += (byte)(filter switch
            {
                1 => left,
                2 => up,
                3 => (left + up) / 2,
                _ => Nearest(left, up, i < pixel ? 0 : above[i - pixel]),
            });
        }

        return true;
    }

    private static int Nearest(int left, int up, int corner)
    {
        int guess = left + up - corner;
        (int toLeft, int toUp, int toCorner) = (Math.Abs(guess - left), Math.Abs(guess - up), Math.Abs(guess - corner));
        return toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
    }

    // Order in the file: gray, or red green blue; then alpha. Samples are big-endian.
    private static void Scatter(ReadOnlySpan<ushort> row, int samples, Span<ushort> line, int x, int step)
    {
        for (int i = 0; i < row.Length; i += samples)
        {
            Span<ushort> pixel = line.Slice(x * Channels, Channels);
            bool isGray = samples < 3;
            pixel[0] = BinaryPrimitives.ReverseEndianness(row[isGray ? i : i + 2]);
            pixel[1] = BinaryPrimitives.ReverseEndianness(row[isGray ? i : i + 1]);
            pixel[2] = BinaryPrimitives.ReverseEndianness(row[i]);
            pixel[3] = samples % 2 == 0 ? BinaryPrimitives.ReverseEndianness(row[i + samples - 1]) : ushort.MaxValue;
            x += step;
        }
    }

    private static Outcome Broken(string what) => Outcome.Fail(StatusCode.ImageParsingFailed, $"{what} broken");
}
