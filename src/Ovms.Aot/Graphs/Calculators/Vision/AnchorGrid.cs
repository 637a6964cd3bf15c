using Ovms.Status;

namespace Ovms.Graphs.Calculators.Vision;

/// <summary>Makes the anchors of a detector: those of each cell of the grid of each layer. Source: the rules of the original.</summary>
internal static class AnchorGrid
{
    // Detectors have thousands of anchors.
    private const int MaxAnchors = 1 << 20;
    private const int MaxLayers = 64;
    private const int MaxLevel = 30;
    private const float SmallScale = 0.1f;

    /// <summary>Makes them.</summary>
    /// <returns>The anchors in the order of layers, rows, columns and sizes; or what is wrong with the options.</returns>
    public static Outcome<Anchor[]> Make(SsdAnchorsOptions options)
    {
        if (options.FixedAnchors.Length > 0)
        {
            return options.FixedAnchors.ToArray();
        }

        Outcome check = Check(options);
        if (!check.IsOk)
        {
            return check;
        }

        List<Anchor> anchors = [];
        for (int layer = 0; layer < LayersOf(options);)
        {
            int next = layer + 1;
            (float Height, float Width)[] sizes;
            (float Y, float X) step;
            (int rows, int columns) = GridOf(options, layer);
            (float Y, float X) offset = (options.AnchorOffsetY, options.AnchorOffsetX);
            if (options.MultiscaleAnchorGeneration)
            {
                float stride = 1 << (options.MinLevel + layer);
                (float Height, float Width) whole =
                    options.NormalizeCoordinates ? (options.InputSizeHeight, options.InputSizeWidth) : (1, 1);
                sizes = LevelSizes(options, stride, whole);
                step = (stride / whole.Height, stride / whole.Width);
                offset = (LevelOffset(options.InputSizeHeight, stride), LevelOffset(options.InputSizeWidth, stride));
            }
            else
            {
                sizes = LayerSizes(options, layer, out next);
                step = (1f / rows, 1f / columns);
            }

            if ((long)rows * columns * sizes.Length > MaxAnchors - anchors.Count)
            {
                return Fail($"its options make more than {MaxAnchors} anchors; expected at most as many");
            }

            for (int y = 0; y < rows; y++)
            {
                for (int x = 0; x < columns; x++)
                {
                    foreach ((float height, float width) in sizes)
                    {
                        anchors.Add(new Anchor
                        {
                            XCenter = (x + offset.X) * step.X,
                            YCenter = (y + offset.Y) * step.Y,
                            H = options.FixedAnchorSize && !options.MultiscaleAnchorGeneration ? 1 : height,
                            W = options.FixedAnchorSize && !options.MultiscaleAnchorGeneration ? 1 : width,
                        });
                    }
                }
            }

            layer = next;
        }

        return anchors.ToArray();
    }

    private static int LayersOf(SsdAnchorsOptions options) =>
        options.MultiscaleAnchorGeneration ? options.MaxLevel - options.MinLevel + 1 : options.NumLayers;

    private static Outcome Check(SsdAnchorsOptions options)
    {
        bool hasGrid = options.FeatureMapHeight.Length > 0;
        int given = hasGrid ? options.FeatureMapHeight.Length : options.Strides.Length;
        string name = hasGrid ? "feature_map_height" : "strides";
        if (options.MultiscaleAnchorGeneration
            && (options.MinLevel < 0 || options.MaxLevel > MaxLevel || options.ScalesPerOctave < 1 || options.ScalesPerOctave > MaxLayers))
        {
            return Fail($"min_level, max_level and scales_per_octave are {options.MinLevel}, {options.MaxLevel} and "
                + $"{options.ScalesPerOctave}; expected levels from 0 to {MaxLevel}, and 1 to {MaxLayers} scales");
        }

        int layers = LayersOf(options);
        return given == 0 ? Fail("it has neither strides nor feature_map_height; expected one of them, with a value for each layer")
            : layers is < 1 or > MaxLayers
                ? Fail($"it has {layers} layers (num_layers, or min_level to max_level); expected 1 to {MaxLayers}")
            : given != layers ? Fail($"it has {given} {name} for {layers} layers; expected one for each")
            : hasGrid && options.FeatureMapWidth.Length != given
                ? Fail(
                    $"it has {options.FeatureMapWidth.Length} feature_map_width and {given} feature_map_height; expected as many of both")
            : options.Strides.Any(static stride => stride < 1) ? Fail("a number of strides is below 1; expected 1 and up")
            : options.FeatureMapHeight.Concat(options.FeatureMapWidth).Any(static size => size < 1)
                ? Fail("a number of feature_map_height or feature_map_width is below 1; expected 1 and up")
            : options.AspectRatios.Any(static ratio => !(ratio > 0)) ? Fail("a number of aspect_ratios is not above 0; expected above 0")
            : (!hasGrid || options.MultiscaleAnchorGeneration) && (options.InputSizeHeight < 1 || options.InputSizeWidth < 1)
                ? Fail(
                    $"input_size_width and input_size_height are {options.InputSizeWidth} and {options.InputSizeHeight}; "
                        + "expected 1 and up")
            : Outcome.Ok;
    }

    private static (int Rows, int Columns) GridOf(SsdAnchorsOptions options, int layer) => options.FeatureMapHeight.Length > 0
        ? (options.FeatureMapHeight[layer], options.FeatureMapWidth[layer])
        : (Cells(options.InputSizeHeight, options.Strides[layer]), Cells(options.InputSizeWidth, options.Strides[layer]));

    private static int Cells(int size, int stride) => (int)(((long)size + stride - 1) / stride);

    // Layers of one stride share a grid, so that each of its cells has the anchors of all of them.
    private static (float Height, float Width)[] LayerSizes(SsdAnchorsOptions options, int layer, out int next)
    {
        List<(float Scale, float Ratio)> anchors = [];
        int count = Math.Max(options.Strides.Length, options.NumLayers);
        next = layer;
        do
        {
            float scale = ScaleOf(options, next, count);
            if (next == 0 && options.ReduceBoxesInLowestLayer)
            {
                anchors.AddRange([(SmallScale, 1), (scale, 2), (scale, 0.5f)]);
            }
            else
            {
                anchors.AddRange(options.AspectRatios.Select(ratio => (scale, ratio)));
                if (options.InterpolatedScaleAspectRatio > 0)
                {
                    float following = next == count - 1 ? 1 : ScaleOf(options, next + 1, count);
                    anchors.Add((MathF.Sqrt(scale * following), options.InterpolatedScaleAspectRatio));
                }
            }

            next++;
        }
        while (next < options.NumLayers && next < options.Strides.Length && options.Strides[next] == options.Strides[layer]);

        return [.. anchors.Select(static anchor => (anchor.Scale / MathF.Sqrt(anchor.Ratio), anchor.Scale * MathF.Sqrt(anchor.Ratio)))];
    }

    private static float ScaleOf(SsdAnchorsOptions options, int layer, int count) => count == 1
        ? (options.MinScale + options.MaxScale) / 2
        : options.MinScale + ((options.MaxScale - options.MinScale) * layer / (count - 1));

    private static (float Height, float Width)[] LevelSizes(SsdAnchorsOptions options, float stride, (float Height, float Width) whole)
    {
        List<(float Height, float Width)> sizes = [];
        foreach (float ratio in options.AspectRatios)
        {
            for (int i = 0; i < options.ScalesPerOctave; i++)
            {
                float size = MathF.Pow(2, (float)i / options.ScalesPerOctave) * stride * options.AnchorScale;
                sizes.Add((size / MathF.Sqrt(ratio) / whole.Height, size * MathF.Sqrt(ratio) / whole.Width));
            }
        }

        return [.. sizes];
    }

    // Half a cell if the image is a whole number of cells; else none.
    private static float LevelOffset(int size, float stride) => size == 1 || size % (int)stride == 0 ? 0.5f : 0;

    private static Outcome Fail(string why) => Outcome.Fail(StatusCode.GraphInitializationError, why);
}
