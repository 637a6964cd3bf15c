namespace Ovms.Graphs.Calculators.Vision;

/// <summary>How a pixel of a resized image is made.</summary>
internal enum PixelFilter
{
    /// <summary>The pixel of the source that it begins in.</summary>
    Nearest,

    /// <summary>Bilinear between the centres of pixels.</summary>
    Linear,

    /// <summary>The mean of the area that it covers: for smaller images.</summary>
    Area,
}
