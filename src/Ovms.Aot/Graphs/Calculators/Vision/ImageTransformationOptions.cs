using Ovms.Configuration.Graphs;

namespace Ovms.Graphs.Calculators.Vision;

/// <summary>How an image is changed. Source: the original's ImageTransformationCalculatorOptions.</summary>
[GraphMessage("mediapipe.ImageTransformationCalculatorOptions")]
internal sealed partial record ImageTransformationOptions
{
    /// <summary>Columns of the result; 0 keeps the size.</summary>
    [GraphField(1)]
    public int OutputWidth { get; init; }

    /// <summary>Rows of the result; 0 keeps the size.</summary>
    [GraphField(2)]
    public int OutputHeight { get; init; }

    /// <summary>Rotation, before all else.</summary>
    [GraphField(3)]
    public RotationMode RotationMode { get; init; }

    /// <summary>Whether top and bottom are swapped.</summary>
    [GraphField(4)]
    public bool FlipVertically { get; init; }

    /// <summary>Whether left and right are swapped.</summary>
    [GraphField(5)]
    public bool FlipHorizontally { get; init; }

    /// <summary>How the size changes.</summary>
    [GraphField(6)]
    public ScaleMode ScaleMode { get; init; }

    /// <summary>Whether padding has one colour; otherwise it repeats the image's border.</summary>
    [GraphField(7)]
    public bool ConstantPadding { get; init; } = true;

    /// <summary>The colour of padding; null for black.</summary>
    [GraphField(8)]
    public PaddingColor? PaddingColor { get; init; }

    /// <summary>How pixels between those of the source are made.</summary>
    [GraphField(9)]
    public InterpolationMode InterpolationMode { get; init; }
}
