using Ovms.Status;

namespace Ovms.Pipelines.BuiltIn;

/// <summary>A rectangle of pixels.</summary>
/// <param name="X">The leftmost column.</param>
/// <param name="Y">The topmost row.</param>
/// <param name="Width">Number of columns.</param>
/// <param name="Height">Number of rows.</param>
internal readonly record struct Box(int X, int Y, int Width, int Height)
{
    /// <summary>The part that lies within an image.</summary>
    /// <exception cref="OvmsException">There is none.</exception>
    public Box Within(int width, int height)
    {
        int left = Math.Max(0, X);
        int top = Math.Max(0, Y);
        long right = Math.Min(width, (long)X + Width);
        long bottom = Math.Min(height, (long)Y + Height);
        return right > left && bottom > top
            ? new Box(left, top, (int)(right - left), (int)(bottom - top))
            : throw new OvmsException(
                StatusCode.NodeLibraryExecutionFailed,
                $"a detected box ({X},{Y}) of {Width}x{Height} is outside of the image {width}x{height}");
    }

    /// <summary>The area of both divided by the area of either; 0 if they do not overlap.</summary>
    public static double Overlap(Box one, Box other)
    {
        double width = Math.Min(one.X + one.Width, other.X + other.Width) - Math.Max(one.X, other.X);
        double height = Math.Min(one.Y + one.Height, other.Y + other.Height) - Math.Max(one.Y, other.Y);
        double both = Math.Max(0, width) * Math.Max(0, height);
        return both / (((double)one.Width * one.Height) + ((double)other.Width * other.Height) - both);
    }
}
