namespace Ovms.Pipelines.BuiltIn;

/// <summary>An object that a detection model has found.</summary>
/// <param name="Label">The number of its class.</param>
/// <param name="Confidence">The confidence, 0 to 1.</param>
/// <param name="Corners">Left, top, right and bottom, in parts of the image's width and height.</param>
internal sealed record DetectionRow(int Label, float Confidence, float[] Corners)
{
    /// <summary>Its pixels in an image. It may lie partly outside.</summary>
    public Box BoxOf(Picture picture)
    {
        int left = (int)(Corners[0] * picture.Width);
        int top = (int)(Corners[1] * picture.Height);
        return new Box(left, top, (int)(Corners[2] * picture.Width) - left, (int)(Corners[3] * picture.Height) - top);
    }
}
