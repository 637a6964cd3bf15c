using Ovms.Tensors;

namespace Ovms.Graphs.Calculators.Vision;

/// <summary>Turns an image by a multiple of 90 degrees, then mirrors it. Moves whole pixels.</summary>
/// <param name="Quarters">Quarter turns counter-clockwise, 0 to 3.</param>
/// <param name="FlipHorizontally">Whether left and right are swapped.</param>
/// <param name="FlipVertically">Whether top and bottom are swapped.</param>
internal readonly record struct ImageTurn(int Quarters, bool FlipHorizontally, bool FlipVertically)
{
    /// <summary>Whether the image stays as it is.</summary>
    public bool IsNone => this == default;

    /// <summary>The form of the result.</summary>
    public ImageForm FormOf(ImageForm image) => Quarters % 2 == 0 ? image : image with { Height = image.Width, Width = image.Height };

    /// <summary>Writes the turned image.</summary>
    /// <param name="source">The pixels.</param>
    /// <param name="from">Their form.</param>
    /// <param name="target">Memory for as many pixels.</param>
    public void Apply(NativeBuffer source, ImageForm from, NativeBuffer target)
    {
        ImageForm to = FormOf(from);
        int size = from.PixelBytes;
        ReadOnlySpan<byte> pixels = source.Bytes;
        Span<byte> result = target.Bytes;
        for (int y = 0; y < to.Height; y++)
        {
            int row = FlipVertically ? to.Height - 1 - y : y;
            for (int x = 0; x < to.Width; x++)
            {
                int column = FlipHorizontally ? to.Width - 1 - x : x;
                (int fromX, int fromY) = Quarters switch
                {
                    0 => (column, row),
                    1 => (from.Width - 1 - row, column),
                    2 => (from.Width - 1 - column, from.Height - 1 - row),
                    _ => (row, from.Height - 1 - column),
                };
                long at = (((long)fromY * from.Width) + fromX) * size;
                pixels.Slice((int)at, size).CopyTo(result[(int)((((long)y * to.Width) + x) * size)..]);
            }
        }
    }
}
