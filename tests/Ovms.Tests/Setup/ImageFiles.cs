using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using SkiaSharp;

namespace Ovms.Tests.Setup;

/// <summary>Encoded images of every format that is decoded, made here pixel by pixel.</summary>
internal static class ImageFiles
{
    /// <summary>A picture in which every pixel is another: red, green, blue, row after row.</summary>
    public static byte[] Pattern(int width, int height) =>
        [.. Enumerable.Range(0, width * height).SelectMany(static i => new[] { (byte)(i * 20 % 128), (byte)((i * 50) + 7), (byte)(255 - i) })];

    /// <summary>PNG of any kind.</summary>
    /// <param name="color">0 gray, 2 red green blue, 4 gray and alpha, 6 red green blue and alpha.</param>
    /// <param name="depth">Bits of one sample.</param>
    /// <param name="samples">Bytes of the rows; fewer than the size promises make a broken file.</param>
    /// <param name="filter">How the rows are filtered: 0 not at all, 1 by the left, 2 by the upper neighbour.</param>
    public static byte[] Png(int width, int height, byte[] samples, int color = 2, int depth = 8, int filter = 0)
    {
        using MemoryStream file = new();
        file.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = (byte)depth;
        header[9] = (byte)color;
        WriteChunk(file, "IHDR", header);
        using MemoryStream packed = new();
        using (ZLibStream zlib = new(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            int pixel = Math.Max((color switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 }) * depth / 8, 1);
            byte[] above = [];
            foreach (byte[] row in samples.Chunk(Math.Max(samples.Length / height, 1)))
            {
                zlib.WriteByte((byte)filter);
                byte[] guess = filter switch { 1 => [.. new byte[pixel], .. row], 2 when above.Length > 0 => above, _ => new byte[row.Length] };
                zlib.Write([.. row.Select((value, i) => (byte)(value - guess[i]))]);
                above = row;
            }
        }

        WriteChunk(file, "IDAT", packed.ToArray());
        WriteChunk(file, "IEND", []);
        return file.ToArray();
    }

    /// <summary>PNG of two by two gray pixels of 16 bits that comes in passes: the first pixel, its right neighbour, the second row.</summary>
    public static byte[] InterlacedPng(ushort first, ushort right, ushort below, ushort corner)
    {
        byte[] rows = [0, .. Bytes(first), 0, .. Bytes(right), 0, .. Bytes(below), .. Bytes(corner)];
        using MemoryStream packed = new();
        using (ZLibStream zlib = new(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write(rows);
        }

        using MemoryStream result = new();
        result.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        WriteChunk(result, "IHDR", [0, 0, 0, 2, 0, 0, 0, 2, 16, 0, 0, 0, 1]);
        byte[] data = packed.ToArray();
        WriteChunk(result, "IDAT", data[..3]);
        WriteChunk(result, "IDAT", data[3..]);
        WriteChunk(result, "IEND", []);
        return result.ToArray();

        static byte[] Bytes(ushort value) => [(byte)(value >> 8), (byte)value];
    }

    /// <summary>BMP of 24 bits.</summary>
    public static byte[] Bmp(int width, int height, byte[] rgb)
    {
        int row = ((3 * width) + 3) / 4 * 4;
        int length = Math.Max(rgb.Length / 3 / width, 1) * row;
        byte[] file = new byte[54 + length];
        "BM"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(2), file.Length);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(10), 54);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), width);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), height);
        file[26] = 1;
        file[28] = 24;
        for (int i = 0; i < rgb.Length; i++)
        {
            // From the lowest row up, blue first.
            (int pixel, int channel) = (i / 3, i % 3);
            file[54 + ((height - 1 - (pixel / width)) * row) + (pixel % width * 3) + 2 - channel] = rgb[i];
        }

        return file;
    }

    /// <summary>GIF of up to 128 different colours, its codes cleared before they grow.</summary>
    public static byte[] Gif(int width, int height, byte[] rgb)
    {
        (byte, byte, byte)[] pixels = [.. rgb.Chunk(3).Select(static part => (part[0], part[1], part[2]))];
        (byte, byte, byte)[] palette = [.. pixels.Distinct()];
        List<byte> file = [.. "GIF89a"u8, .. Size(width, height), 0b1111_0110, 0, 0];
        for (int i = 0; i < 128; i++)
        {
            (byte red, byte green, byte blue) = i < palette.Length ? palette[i] : default;
            file.AddRange([red, green, blue]);
        }

        file.AddRange([0x2C, 0, 0, 0, 0, .. Size(width, height), 0, 7]);
        foreach (byte[] block in Codes(pixels, palette).Chunk(255))
        {
            file.AddRange([(byte)block.Length, .. block]);
        }

        file.AddRange([0, 0x3B]);
        return [.. file];
    }

    /// <summary>JPEG, WebP or PNG by the library that the server decodes with; a quality of 100 loses nothing in WebP.</summary>
    public static byte[] Encode(SKEncodedImageFormat format, int width, int height, byte[] rgb, int quality = 100)
    {
        using SKBitmap bitmap = new(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        for (int i = 0; i < width * height; i++)
        {
            bitmap.SetPixel(i % width, i / width, new SKColor(rgb[3 * i], rgb[(3 * i) + 1], rgb[(3 * i) + 2]));
        }

        using SKPixmap pixels = bitmap.PeekPixels();
        using SKData data = (format == SKEncodedImageFormat.Webp && quality == 100
            ? pixels.Encode(new SKWebpEncoderOptions(SKWebpEncoderCompression.Lossless, 100))
            : pixels.Encode(format, quality))!;
        return data.ToArray();
    }

    /// <summary>JPEG without colours.</summary>
    public static byte[] GrayJpeg(int width, int height, byte gray)
    {
        using SKBitmap bitmap = new(new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque));
        bitmap.GetPixelSpan().Fill(gray);
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 100)!;
        return data.ToArray();
    }

    /// <summary>The same JPEG with the note that it was taken on its side.</summary>
    public static byte[] Turned(byte[] jpeg)
    {
        byte[] exif = [.. "Exif\0\0MM\0*\0\0\0\x08"u8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0];
        return [0xFF, 0xD8, 0xFF, 0xE1, (byte)((exif.Length + 2) >> 8), (byte)(exif.Length + 2), .. exif, .. jpeg[2..]];
    }

    /// <summary>The same JPEG with its one scan given again and again.</summary>
    public static byte[] WithScans(byte[] jpeg, int scans)
    {
        int start = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA]);
        return [.. jpeg[..start], .. Enumerable.Repeat(jpeg[start..^2], scans).SelectMany(static scan => scan), .. jpeg[^2..]];
    }

    /// <summary>The same JPEG with another size in its header.</summary>
    public static byte[] Lying(byte[] jpeg, int width, int height)
    {
        byte[] file = [.. jpeg];
        int at = 2;
        while (file[at + 1] is not (0xC0 or 0xC2))
        {
            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(at + 2));
        }

        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(at + 5), (ushort)height);
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(at + 7), (ushort)width);
        return file;
    }

    private static byte[] Size(int width, int height) => [(byte)width, (byte)(width >> 8), (byte)height, (byte)(height >> 8)];

    // Codes of 8 bits: 128 clears, 129 ends.
    private static IEnumerable<byte> Codes((byte, byte, byte)[] pixels, (byte, byte, byte)[] palette)
    {
        for (int i = 0; i < pixels.Length; i++)
        {
            if (i % 100 == 0)
            {
                yield return 128;
            }

            yield return (byte)Array.IndexOf(palette, pixels[i]);
        }

        yield return 129;
    }

    private static void WriteChunk(MemoryStream file, string kind, byte[] content)
    {
        byte[] typed = [.. Encoding.ASCII.GetBytes(kind), .. content];
        byte[] number = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        file.Write(number);
        file.Write(typed);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(typed));
        file.Write(number);
    }

    private static uint Crc(byte[] bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
            }
        }

        return ~crc;
    }
}
