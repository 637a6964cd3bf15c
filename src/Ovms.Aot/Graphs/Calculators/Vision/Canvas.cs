using Ovms.Tensors;

namespace Ovms.Graphs.Calculators.Vision;

/// <summary>Draws on an image of 3 or 4 channels of U8. What lies outside of it is cut off before it costs time.</summary>
/// <param name="pixels">The pixels.</param>
/// <param name="form">Their form.</param>
internal readonly struct Canvas(NativeBuffer pixels, ImageForm form)
{
    /// <summary>Whole pixels of a thickness: 1 and up, and no more than the image has.</summary>
    public int Thickness(double given) => (int)Math.Clamp(Math.Round(given), 1, Math.Max(form.Width, form.Height));

    /// <summary>Fills the image.</summary>
    public void Clear(RenderColor color) => Fill(0, 0, form.Width, form.Height, color);

    /// <summary>Draws the four sides of a rectangle.</summary>
    /// <param name="box">In shares of the image.</param>
    /// <param name="color">The colour.</param>
    /// <param name="thickness">Pixels; half of them are outside.</param>
    public void Frame(DetectionBox box, RenderColor color, int thickness)
    {
        if (!(float.IsFinite(box.Left) && float.IsFinite(box.Top) && float.IsFinite(box.Right) && float.IsFinite(box.Bottom)))
        {
            return;
        }

        double before = (thickness - 1) / 2;
        double left = Math.Round(box.Left * (double)form.Width) - before;
        double right = Math.Round(box.Right * (double)form.Width) - before;
        double top = Math.Round(box.Top * (double)form.Height) - before;
        double bottom = Math.Round(box.Bottom * (double)form.Height) - before;
        Fill(left, top, right + thickness, top + thickness, color);
        Fill(left, bottom, right + thickness, bottom + thickness, color);
        Fill(left, top, left + thickness, bottom + thickness, color);
        Fill(right, top, right + thickness, bottom + thickness, color);
    }

    /// <summary>Draws a filled circle.</summary>
    /// <param name="x">Its centre in shares of the image.</param>
    /// <param name="y">Its centre in shares of the image.</param>
    /// <param name="color">The colour.</param>
    /// <param name="radius">Pixels.</param>
    public void Dot(float x, float y, RenderColor color, int radius)
    {
        if (!float.IsFinite(x) || !float.IsFinite(y))
        {
            return;
        }

        double centerX = Math.Round(x * (double)form.Width);
        double centerY = Math.Round(y * (double)form.Height);
        for (int row = -radius; row <= radius; row++)
        {
            double half = Math.Floor(Math.Sqrt(((double)radius * radius) - ((double)row * row)));
            Fill(centerX - half, centerY + row, centerX + half + 1, centerY + row + 1, color);
        }
    }

    /// <summary>Writes a text in the strokes of <see cref="StrokeFont"/>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="color">The colour.</param>
    /// <param name="thickness">Pixels of a stroke.</param>
    /// <param name="isFlipped">Whether it stands on its head.</param>
    public void Write(RenderText text, RenderColor color, int thickness, bool isFlipped)
    {
        double unit = text.Height * form.Height / StrokeFont.CapitalHeight;
        double left = text.Left * form.Width;
        double baseline = text.Baseline * form.Height;
        if (!double.IsFinite(unit) || !double.IsFinite(left) || !double.IsFinite(baseline) || unit <= 0)
        {
            return;
        }

        left -= text.Style.CenterHorizontally ? StrokeFont.WidthOf(text.Text) * unit / 2 : 0;
        baseline += text.Style.CenterVertically ? StrokeFont.CapitalHeight * unit / 2 : 0;
        if (text.Style.OutlineThickness > 0)
        {
            int around = Thickness(thickness + (2 * text.Style.OutlineThickness));
            Strokes(text.Text, left, baseline, unit, text.Style.OutlineColor ?? new RenderColor(), around, isFlipped);
        }

        Strokes(text.Text, left, baseline, unit, color, thickness, isFlipped);
    }

    private void Strokes(string text, double left, double baseline, double unit, RenderColor color, int thickness, bool isFlipped)
    {
        double down = isFlipped ? -unit : unit;
        for (int i = 0; i < text.Length; i++, left += StrokeFont.Advance * unit)
        {
            if (left > form.Width)
            {
                return;
            }

            foreach ((int fromX, int fromY, int toX, int toY) in StrokeFont.StrokesOf(text[i]))
            {
                Line(left + (fromX * unit), baseline + (fromY * down), left + (toX * unit), baseline + (toY * down), color, thickness);
            }
        }
    }

    private void Line(double fromX, double fromY, double toX, double toY, RenderColor color, int thickness)
    {
        // The part from begin to end, as shares of the line, is the one near the image.
        (double begin, double end) = (0, 1);
        if (!Clip(fromX, toX - fromX, form.Width, thickness, ref begin, ref end)
            || !Clip(fromY, toY - fromY, form.Height, thickness, ref begin, ref end))
        {
            return;
        }

        int before = (thickness - 1) / 2;
        double steps = Math.Max(1, Math.Ceiling(Math.Max(Math.Abs(toX - fromX), Math.Abs(toY - fromY)) * (end - begin)));
        for (int i = 0; i <= steps; i++)
        {
            double share = begin + ((end - begin) * i / steps);
            double x = Math.Round(fromX + ((toX - fromX) * share)) - before;
            double y = Math.Round(fromY + ((toY - fromY) * share)) - before;
            Fill(x, y, x + thickness, y + thickness, color);
        }
    }

    private static bool Clip(double from, double length, int size, int margin, ref double begin, ref double end)
    {
        (double least, double most) = (-margin - from, size + margin - from);
        if (length == 0)
        {
            return least <= 0 && most >= 0;
        }

        (double first, double second) = (least / length, most / length);
        begin = Math.Max(begin, Math.Min(first, second));
        end = Math.Min(end, Math.Max(first, second));
        return begin <= end;
    }

    // The pixels from left and top up to, without, right and bottom.
    private void Fill(double left, double top, double right, double bottom, RenderColor color)
    {
        int fromX = (int)Math.Clamp(left, 0, form.Width);
        int toX = (int)Math.Clamp(right, 0, form.Width);
        int fromY = (int)Math.Clamp(top, 0, form.Height);
        int toY = (int)Math.Clamp(bottom, 0, form.Height);
        Span<byte> bytes = pixels.Bytes;
        for (int y = fromY; y < toY; y++)
        {
            for (int x = fromX; x < toX; x++)
            {
                Span<byte> pixel = bytes.Slice(((y * form.Width) + x) * form.Channels, form.Channels);
                pixel[0] = byte.CreateSaturating(color.R);
                pixel[1] = byte.CreateSaturating(color.G);
                pixel[2] = byte.CreateSaturating(color.B);
                if (pixel.Length > 3)
                {
                    pixel[3] = byte.MaxValue;
                }
            }
        }
    }
}
