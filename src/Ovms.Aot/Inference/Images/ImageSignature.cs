namespace Ovms.Inference.Images;

/// <summary>Reads an image's format from its first bytes, before a decoder is used.</summary>
internal static class ImageSignature
{
    // PNG: 8 bytes of signature, then the header chunk: length, "IHDR", width, height, bit depth, colour type.
    private const int PngDepth = 24;
    private const int PngColor = 25;
    private const byte GrayWithAlpha = 4;

    /// <summary>The supported formats, for messages.</summary>
    public const string Formats = "JPEG, PNG, BMP, GIF and WebP";

    /// <summary>Whether the file has one of the <see cref="Formats"/>. Other files never reach a decoder.</summary>
    public static bool IsKnown(ReadOnlySpan<byte> file) =>
        file.StartsWith(Jpeg)
        || IsPng(file)
        || file.StartsWith("BM"u8)
        || file.StartsWith("GIF87a"u8) || file.StartsWith("GIF89a"u8)
        || (file.Length >= 12 && file.StartsWith("RIFF"u8) && file[8..12].SequenceEqual("WEBP"u8));

    /// <summary>Whether its samples have 16 bits, which only PNG allows.</summary>
    public static bool IsDeep(ReadOnlySpan<byte> file) => IsPng(file) && file.Length > PngColor && file[PngDepth] == 16;

    /// <summary>Whether it is gray with an alpha channel, which the decoder reports as colour.</summary>
    public static bool IsGrayWithAlpha(ReadOnlySpan<byte> file) =>
        IsPng(file) && file.Length > PngColor && file[PngColor] == GrayWithAlpha;

    private static ReadOnlySpan<byte> Jpeg => [0xFF, 0xD8, 0xFF];

    private static ReadOnlySpan<byte> Png => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    private static bool IsPng(ReadOnlySpan<byte> file) => file.StartsWith(Png);
}
