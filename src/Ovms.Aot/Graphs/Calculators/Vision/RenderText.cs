namespace Ovms.Graphs.Calculators.Vision;

/// <summary>A text in an image. Places are shares of its width and height.</summary>
/// <param name="Text">The text.</param>
/// <param name="Left">Where it begins.</param>
/// <param name="Baseline">Where its letters stand.</param>
/// <param name="Height">Height of capital letters.</param>
/// <param name="Style">Whether it is centred, and its outline.</param>
internal sealed record RenderText(string Text, double Left, double Baseline, double Height, RenderTextOptions Style);
