namespace Ovms.Graphs.Calculators.Vision;

/// <summary>A rectangle in shares of an image.</summary>
/// <param name="Left">Left side.</param>
/// <param name="Top">Upper side.</param>
/// <param name="Width">Width, not negative.</param>
/// <param name="Height">Height, not negative.</param>
internal readonly record struct DetectionBox(float Left, float Top, float Width, float Height)
{
    /// <summary>Right side.</summary>
    public float Right => Left + Width;

    /// <summary>Lower side.</summary>
    public float Bottom => Top + Height;

    /// <summary>Area.</summary>
    public float Area => Width * Height;

    /// <summary>The area that two rectangles have in common.</summary>
    public float Common(DetectionBox other)
    {
        float width = Math.Min(Right, other.Right) - Math.Max(Left, other.Left);
        float height = Math.Min(Bottom, other.Bottom) - Math.Max(Top, other.Top);
        return width > 0 && height > 0 ? width * height : 0;
    }

    /// <summary>The area of the smallest rectangle around two.</summary>
    public float Around(DetectionBox other) =>
        (Math.Max(Right, other.Right) - Math.Min(Left, other.Left)) * (Math.Max(Bottom, other.Bottom) - Math.Min(Top, other.Top));
}
