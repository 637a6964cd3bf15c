namespace Ovms.Graphs.Calculators.Vision;

/// <summary>What is to be drawn.</summary>
/// <param name="SceneClass">A name for all of it.</param>
/// <param name="Boxes">Rectangles.</param>
/// <param name="Points">Points.</param>
/// <param name="Texts">Texts.</param>
/// <param name="Pen">Colour and thickness.</param>
internal sealed record RenderData(string SceneClass, DetectionBox[] Boxes, (float X, float Y)[] Points, RenderText[] Texts, RenderPen Pen)
{
    /// <summary>Whether there is nothing.</summary>
    public bool IsEmpty => Boxes.Length + Points.Length + Texts.Length == 0;

    /// <inheritdoc/>
    public override string ToString() => $"render data {SceneClass}";
}
