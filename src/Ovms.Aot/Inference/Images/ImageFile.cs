using Ovms.Status;
using SkiaSharp;

namespace Ovms.Inference.Images;

/// <summary>
/// One encoded image whose header has been read. Colours are taken as they are stored: no colour profile is applied, nor the orientation
/// that a camera notes down, which is how the original decodes.
/// </summary>
internal sealed unsafe class ImageFile : IDisposable
{
    /// <summary>Most pixels of one image; 64 Mi are 8,192 × 8,192.</summary>
    public const long MaxPixels = 1 << 26;

    private readonly SKData _data;
    private readonly SKCodec _codec;
    private readonly bool _isOneSampleStored;

    private ImageFile(SKData data, SKCodec codec, ReadOnlySpan<byte> file, bool keepsDeep)
    {
        _data = data;
        _codec = codec;
        _isOneSampleStored = codec.Info.ColorType == SKColorType.Gray8;
        IsGray = _isOneSampleStored || ImageSignature.IsGrayWithAlpha(file);
        IsDeep = keepsDeep && ImageSignature.IsDeep(file);
    }

    /// <summary>Columns.</summary>
    public int Width => _codec.Info.Width;

    /// <summary>Rows.</summary>
    public int Height => _codec.Info.Height;

    /// <summary>Whether it has no colours.</summary>
    public bool IsGray { get; }

    /// <summary>Whether a pixel may be transparent.</summary>
    public bool HasAlpha => _codec.Info.AlphaType != SKAlphaType.Opaque;

    /// <summary>Whether decoded samples have 16 bits.</summary>
    public bool IsDeep { get; }

    /// <summary>Samples of one decoded pixel: one gray, or blue, green, red and alpha.</summary>
    public int SamplesPerPixel => _isOneSampleStored && !IsDeep ? 1 : 4;

    /// <summary>Bytes of all decoded pixels.</summary>
    public long DecodedBytes => (long)Width * Height * SamplesPerPixel * (IsDeep ? sizeof(ushort) : sizeof(byte));

    /// <summary>Reads the header. Nothing is set aside for pixels.</summary>
    /// <param name="file">In unmanaged memory that stays as long as the image.</param>
    /// <param name="keepsDeep">Whether samples of 16 bits are decoded as such, else as their upper 8.</param>
    /// <param name="scannedPixels">Most pixels that the scans of a JPEG may go over together.</param>
    /// <returns>The image, or what is wrong with it.</returns>
    public static Outcome<ImageFile> Open(ReadOnlySpan<byte> file, bool keepsDeep, long scannedPixels)
    {
        if (!ImageSignature.IsKnown(file))
        {
            return Outcome.Fail(StatusCode.ImageParsingFailed, $"{(file.IsEmpty ? "it is empty" : "it does not begin like an image")}; Expected: {ImageSignature.Formats}");
        }

        SKData data;
        fixed (byte* first = file)
        {
            data = SKData.Create((nint)first, file.Length);
        }

        if (SKCodec.Create(data) is not { } codec)
        {
            data.Dispose();
            return Outcome.Fail(StatusCode.ImageParsingFailed, "its header is broken");
        }

        ImageFile image = new(data, codec, file, keepsDeep);
        Outcome bounded = image.CheckWork(file, scannedPixels);
        if (bounded.IsOk)
        {
            return image;
        }

        image.Dispose();
        return bounded;
    }

    private Outcome CheckWork(ReadOnlySpan<byte> file, long scannedPixels)
    {
        long pixels = (long)Width * Height;
        if (Width <= 0 || Height <= 0 || pixels > MaxPixels)
        {
            return Outcome.Fail(
                StatusCode.ImageParsingFailed,
                $"it says that it has {Width} x {Height} pixels; Expected: at most {MaxPixels} in all");
        }

        long scans = JpegScans.Count(file);
        return scans <= scannedPixels / pixels
            ? Outcome.Ok
            : Outcome.Fail(
                StatusCode.ImageParsingFailed,
                $"its {scans} scans of {Width} x {Height} pixels go over {scans * pixels} pixels; "
                    + $"Expected: at most {scannedPixels} (--image_scan_megapixels); save it as a baseline JPEG");
    }

    /// <summary>Decodes every pixel.</summary>
    /// <param name="destination">Room for <see cref="DecodedBytes"/>; samples of 16 bits are in the machine's order.</param>
    /// <param name="cancellation">The caller's; a decoder of 8 bits is not interrupted.</param>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public Outcome Decode(byte* destination, CancellationToken cancellation)
    {
        if (IsDeep)
        {
            return DeepPng.Decode(_data.AsSpan(), new Span<ushort>(destination, Width * Height * SamplesPerPixel), cancellation);
        }

        SKColorType type = SamplesPerPixel == 1 ? SKColorType.Gray8 : SKColorType.Bgra8888;
        SKImageInfo info = new(Width, Height, type, HasAlpha ? SKAlphaType.Unpremul : SKAlphaType.Opaque);
        SKCodecResult result = _codec.GetPixels(info, (nint)destination, info.RowBytes, SKCodecOptions.Default);
        return result switch
        {
            SKCodecResult.Success => Outcome.Ok,
            SKCodecResult.IncompleteInput => Outcome.Fail(StatusCode.ImageParsingFailed, "it ends before its last pixel"),
            _ => Outcome.Fail(StatusCode.ImageParsingFailed, $"its content is broken ({result})"),
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _codec.Dispose();
        _data.Dispose();
    }
}
