using Ovms.Configuration.Graphs;

namespace Ovms.Graphs.Calculators.Vision;

/// <summary>What annotations are drawn on. Source: the original's AnnotationOverlayCalculatorOptions.</summary>
[GraphMessage("mediapipe.AnnotationOverlayCalculatorOptions")]
internal sealed partial record AnnotationOverlayOptions
{
    /// <summary>Columns of the canvas where no image comes in.</summary>
    [GraphField(2)]
    public int CanvasWidthPx { get; init; } = 1920;

    /// <summary>Rows of the canvas where no image comes in.</summary>
    [GraphField(3)]
    public int CanvasHeightPx { get; init; } = 1080;

    /// <summary>Colour of the canvas; null for black.</summary>
    [GraphField(4)]
    public RenderColor? CanvasColor { get; init; }

    /// <summary>Whether texts stand on their heads.</summary>
    [GraphField(5)]
    public bool FlipTextVertically { get; init; }

    /// <summary>Accepted without effect: for drawing on a GPU.</summary>
    [GraphField(6)]
    public bool GpuUsesTopLeftOrigin { get; init; } = true;

    /// <inheritdoc cref="GpuUsesTopLeftOrigin"/>
    [GraphField(7)]
    public float GpuScaleFactor { get; init; } = 1;
}
