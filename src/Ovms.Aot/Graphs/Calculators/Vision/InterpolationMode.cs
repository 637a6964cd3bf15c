namespace Ovms.Graphs.Calculators.Vision;

/// <summary>Interpolation. Source: the original's ImageTransformationCalculatorOptions.InterpolationMode.</summary>
internal enum InterpolationMode
{
    /// <summary>Linear.</summary>
    Default = 0,

    /// <summary>Bilinear; the mean of areas where both sides become smaller.</summary>
    Linear = 1,

    /// <summary>The nearest pixel.</summary>
    Nearest = 2,
}
