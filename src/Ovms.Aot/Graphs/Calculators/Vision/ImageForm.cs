using Ovms.Native;

namespace Ovms.Graphs.Calculators.Vision;

/// <summary>Size and samples of an image.</summary>
/// <param name="Height">Rows, 1 and up.</param>
/// <param name="Width">Columns, 1 and up.</param>
/// <param name="Channels">Samples per pixel, 1 to 4.</param>
/// <param name="Type">Type of a sample: U8, U16 or F32.</param>
internal readonly record struct ImageForm(int Height, int Width, int Channels, ElementType Type)
{
    /// <summary>Number of pixels.</summary>
    public long Pixels => (long)Height * Width;

    /// <summary>Bytes of a sample.</summary>
    public int SampleBytes => Type switch { ElementType.U8 => 1, ElementType.U16 => 2, _ => 4 };

    /// <summary>Bytes of a pixel.</summary>
    public int PixelBytes => Channels * SampleBytes;

    /// <summary>Bytes of all pixels.</summary>
    public long Bytes => Pixels * PixelBytes;

    /// <summary>The shape as a tensor: height, width, channels.</summary>
    public long[] Shape => [Height, Width, Channels];

    /// <inheritdoc/>
    public override string ToString() => $"{Width} x {Height} pixels, {Channels} channels of {Type}";
}
