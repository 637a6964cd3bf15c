namespace Ovms.Graphs.Calculators.Vision;

/// <summary>How an image gets another size. Source of names and numbers: the original's ScaleMode.</summary>
internal enum ScaleMode
{
    /// <summary>Stretch.</summary>
    Default = 0,

    /// <summary>Both sides become the wanted ones.</summary>
    Stretch = 1,

    /// <summary>The sides keep their ratio; what is left of the wanted size is padded.</summary>
    Fit = 2,

    /// <summary>The sides keep their ratio, within the wanted size; as in the original, nothing is cropped.</summary>
    FillAndCrop = 3,
}
