namespace Ovms.Graphs.Calculators.Vision;

/// <summary>Something found in an image. All places are shares of the image's width and height, 0 to 1 within it.</summary>
/// <param name="Box">Where.</param>
/// <param name="Score">How sure the model is.</param>
/// <param name="LabelId">The class; null once it is a text alone.</param>
internal sealed record Detection(DetectionBox Box, float Score, int? LabelId)
{
    /// <summary>The name of the class; null if none is known.</summary>
    public string? Label { get; init; }

    /// <summary>Points of interest.</summary>
    public (float X, float Y)[] Keypoints { get; init; } = [];
}
