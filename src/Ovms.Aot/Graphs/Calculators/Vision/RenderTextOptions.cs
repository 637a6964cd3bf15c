using Ovms.Configuration.Graphs;

namespace Ovms.Graphs.Calculators.Vision;

/// <summary>How labels are written. Source: the original's RenderAnnotation.Text; detections set its text, place and height.</summary>
[GraphMessage("mediapipe.RenderAnnotation.Text")]
internal sealed partial record RenderTextOptions
{
    /// <summary>Accepted without effect: the detection's label takes its place.</summary>
    [GraphField(1)]
    public string DisplayText { get; init; } = "";

    /// <summary>Accepted without effect: the detection's box takes its place.</summary>
    [GraphField(2)]
    public double Left { get; init; }

    /// <inheritdoc cref="Left"/>
    [GraphField(3)]
    public double Baseline { get; init; }

    /// <inheritdoc cref="Left"/>
    [GraphField(4)]
    public double FontHeight { get; init; } = 8;

    /// <inheritdoc cref="Left"/>
    [GraphField(5)]
    public bool Normalized { get; init; }

    /// <summary>Accepted without effect: there is one font.</summary>
    [GraphField(6)]
    public int FontFace { get; init; }

    /// <summary>Whether the label's middle is at the box's left side.</summary>
    [GraphField(7)]
    public bool CenterHorizontally { get; init; }

    /// <summary>Whether the label's middle is where its baseline would be.</summary>
    [GraphField(8)]
    public bool CenterVertically { get; init; }

    /// <summary>Thickness of the outline around letters, in pixels; 0 for none.</summary>
    [GraphField(11)]
    public double OutlineThickness { get; init; }

    /// <summary>Its colour; null for black.</summary>
    [GraphField(12)]
    public RenderColor? OutlineColor { get; init; }
}
