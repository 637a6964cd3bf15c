namespace Ovms.Inference.Images;

/// <summary>What the first bytes of an image tell before a decoder sees it.</summary>
internal static class ImageSignature
{
    // PNG: 8 bytes of signature, then the header chunk: length, "IHDR", width, height, bits of a sample, kind of colour.
    private const int PngDepth = 24;
    private const int PngColor = 25;
    private const byte GrayWithAlpha = 4;

    /// <summary>The formats that are decoded, for messages.</summary>
    public const string Formats = "JPEG, PNG, BMP, GIF and WebP";

    /// <summary>Whether the file is of one of <see cref="Formats"/>. No other reaches a decoder.</summary>
    public static bool IsKnown(ReadOnlySpan<byte> file) =>
        file.StartsWith(Jpeg)
        || IsPng(file)
        || file.StartsWith("BM"u8)
        || file.StartsWith("GIF87a"u8) || file.StartsWith("GIF89a"u8)
        || (file.Length >= 12 && file.StartsWith("RIFF"u8) && file[8..12].SequenceEqual("WEBP"u8));

    /// <summary>Whether its samples have 16 bits; only those of PNG may.</summary>
    public static bool IsDeep(ReadOnlySpan<byte> file) => IsPng(file) && file.Length > PngColor && file[PngDepth] == 16;

    /// <summary>Whether it is gray beside an alpha channel, which the decoder does not tell from colour.</summary>
    public static bool IsGrayWithAlpha(ReadOnlySpan<byte> file) => IsPng(file) && file.Length > PngColor && file[PngColor] == GrayWithAlpha;

    private static ReadOnlySpan<byte> Jpeg => [0xFF, 0xD8, 0xFF];

    private static ReadOnlySpan<byte> Png => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    private static bool IsPng(ReadOnlySpan<byte> file) => file.StartsWith(Png);
}
