using Ovms.Configuration.Graphs;

namespace Ovms.Graphs.Calculators.Vision;

/// <summary>A colour in the unit of the image's samples. Source: the original's ImageTransformationCalculatorOptions.Color.</summary>
[GraphMessage("mediapipe.ImageTransformationCalculatorOptions.Color")]
internal sealed partial record PaddingColor
{
    /// <summary>The first sample.</summary>
    [GraphField(1)]
    public int Red { get; init; }

    /// <summary>The second sample.</summary>
    [GraphField(2)]
    public int Green { get; init; }

    /// <summary>The third sample.</summary>
    [GraphField(3)]
    public int Blue { get; init; }
}
