namespace Ovms.Graphs.Calculators.Vision;

/// <summary>Where a resized image goes.</summary>
/// <param name="Form">The result.</param>
/// <param name="Inner">The part of the result that the image fills; the rest is padding.</param>
/// <param name="Filter">How its pixels are made.</param>
/// <param name="Padding">The shares of padding at the left, top, right and bottom of the result, 0 to 1.</param>
internal readonly record struct ImageScale(ImageForm Form, PixelArea Inner, PixelFilter Filter, float[] Padding)
{
    /// <summary>Decides it. Source: the rules of the original's CPU path.</summary>
    /// <param name="image">The image.</param>
    /// <param name="width">Wanted columns, 1 and up.</param>
    /// <param name="height">Wanted rows, 1 and up.</param>
    /// <param name="options">Scale mode and interpolation.</param>
    public static ImageScale Of(ImageForm image, int width, int height, ImageTransformationOptions options)
    {
        bool isNearest = options.InterpolationMode == InterpolationMode.Nearest;
        ImageForm whole = image with { Height = height, Width = width };
        if (options.ScaleMode is ScaleMode.Default or ScaleMode.Stretch)
        {
            bool isSmaller = image.Width > width && image.Height > height;
            return new ImageScale(whole, new PixelArea(0, 0, width, height), FilterOf(isNearest, isSmaller), new float[4]);
        }

        float scale = Math.Min((float)width / image.Width, (float)height / image.Height);
        int targetWidth = Math.Clamp((int)MathF.Round(image.Width * scale, MidpointRounding.AwayFromZero), 1, width);
        int targetHeight = Math.Clamp((int)MathF.Round(image.Height * scale, MidpointRounding.AwayFromZero), 1, height);
        PixelFilter filter = FilterOf(isNearest, scale < 1);
        return options.ScaleMode == ScaleMode.FillAndCrop
            ? new ImageScale(
                image with { Height = targetHeight, Width = targetWidth },
                new PixelArea(0, 0, targetWidth, targetHeight),
                filter,
                new float[4])
            : new ImageScale(
                whole,
                new PixelArea((width - targetWidth) / 2, (height - targetHeight) / 2, targetWidth, targetHeight),
                filter,
                PaddingOf((float)image.Width / image.Height, (float)width / height));
    }

    private static PixelFilter FilterOf(bool isNearest, bool isSmaller) =>
        isNearest ? PixelFilter.Nearest : isSmaller ? PixelFilter.Area : PixelFilter.Linear;

    // Exact, not of the rounded pixels, as in the original.
    private static float[] PaddingOf(float ratio, float wanted)
    {
        float beside = ratio < wanted ? (1 - (ratio / wanted)) / 2 : 0;
        float above = wanted < ratio ? (1 - (wanted / ratio)) / 2 : 0;
        return [beside, above, beside, above];
    }
}
