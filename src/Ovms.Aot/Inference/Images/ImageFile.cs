using Ovms.Status;
using SkiaSharp;

namespace Ovms.Inference.Images;

/// <summary>
/// One encoded image whose header has been read. Colours are taken as stored: colour profiles and the camera's orientation are ignored,
/// as in the original.
/// </summary>
internal sealed unsafe class ImageFile : IDisposable
{
    /// <summary>Maximum number of pixels of one image: 64 Mi, for example 8,192 × 8,192.</summary>
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

    /// <summary>Number of columns.</summary>
    public int Width => _codec.Info.Width;

    /// <summary>Number of rows.</summary>
    public int Height => _codec.Info.Height;

    /// <summary>Whether the image is gray.</summary>
    public bool IsGray { get; }

    /// <summary>Whether pixels may be transparent.</summary>
    public bool HasAlpha => _codec.Info.AlphaType != SKAlphaType.Opaque;

    /// <summary>Whether decoded samples have 16 bits.</summary>
    public bool IsDeep { get; }

    /// <summary>Samples per decoded pixel: 1 for gray, or 4 for blue, green, red and alpha.</summary>
    public int SamplesPerPixel => _isOneSampleStored && !IsDeep ? 1 : 4;

    /// <summary>Bytes of all decoded pixels.</summary>
    public long DecodedBytes => (long)Width * Height * SamplesPerPixel * (IsDeep ? sizeof(ushort) : sizeof(byte));

    /// <summary>Bytes that decoding takes beside the pixels.</summary>
    public long WorkingBytes => IsDeep ? DeepPng.WorkingBytes(_data.AsSpan()) : 0;

    /// <summary>Reads the header. Allocates nothing for the pixels.</summary>
    /// <param name="file">The file, in unmanaged memory that outlives the image.</param>
    /// <param name="keepsDeep">Whether 16-bit samples are decoded with all their bits; otherwise with their upper 8.</param>
    /// <param name="scannedPixels">Maximum number of pixels that all scans of a JPEG together may pass over.</param>
    /// <returns>The image, or its fault.</returns>
    public static Outcome<ImageFile> Open(ReadOnlySpan<byte> file, bool keepsDeep, long scannedPixels)
    {
        if (!ImageSignature.IsKnown(file))
        {
            return Outcome.Fail(
                StatusCode.ImageParsingFailed,
                $"{(file.IsEmpty ? "it is empty" : "it does not begin like an image")}; Expected: {ImageSignature.Formats}");
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
    /// <param name="destination">Memory for <see cref="DecodedBytes"/>. 16-bit samples are written in the machine's byte order.</param>
    /// <param name="cancellation">Stops the decoding of 16-bit samples only.</param>
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
