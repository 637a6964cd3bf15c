using Ovms.Configuration.Graphs;

namespace Ovms.Graphs.Calculators.Vision;

/// <summary>How detections are drawn. Source: the original's DetectionsToRenderDataCalculatorOptions.</summary>
[GraphMessage("mediapipe.DetectionsToRenderDataCalculatorOptions")]
internal sealed partial record DetectionsToRenderDataOptions
{
    /// <summary>Whether there is a packet at times without detections.</summary>
    [GraphField(1)]
    public bool ProduceEmptyPacket { get; init; } = true;

    /// <summary>What stands after the label and after the score.</summary>
    [GraphField(2)]
    public string TextDelimiter { get; init; } = ",";

    /// <summary>Accepted: a detection has one label here.</summary>
    [GraphField(3)]
    public bool OneLabelPerLine { get; init; }

    /// <summary>How labels are written; null for the defaults.</summary>
    [GraphField(4)]
    public RenderTextOptions? Text { get; init; }

    /// <summary>Thickness of lines in pixels, 1 and up.</summary>
    [GraphField(5)]
    public double Thickness { get; init; } = 1;

    /// <summary>Colour; null for black.</summary>
    [GraphField(6)]
    public RenderColor? Color { get; init; }

    /// <summary>Name of what is drawn; nobody reads it.</summary>
    [GraphField(7)]
    public string SceneClass { get; init; } = "DETECTION";

    /// <summary>Whether the number of the detection is written below its label.</summary>
    [GraphField(8)]
    public bool RenderDetectionId { get; init; }
}
