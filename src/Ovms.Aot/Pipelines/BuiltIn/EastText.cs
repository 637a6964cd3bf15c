using System.Collections.Immutable;
using Ovms.Native;
using Ovms.Pipelines.Libraries;
using Ovms.Pipelines.Tensors;

namespace Ovms.Pipelines.BuiltIn;

/// <summary>The node east_ocr: an image of each text that an EAST model has found, turned so that the text is horizontal.</summary>
internal sealed class EastText : BuiltInNode
{
    // Each cell of the model's outputs stands for a square of 4x4 pixels.
    private const int Cell = 4;
    private const int Fields = 5;

    private readonly ImageOptions _options;
    private readonly double _overlap;
    private readonly double _wider;
    private readonly double _higher;
    private readonly int _leastAngle;

    /// <summary>Reads the parameters.</summary>
    /// <exception cref="Status.OvmsException">One is missing or invalid.</exception>
    public EastText(NodeOptions parameters)
    {
        _options = new ImageOptions(parameters);
        _overlap = parameters.Number("overlap_threshold", 0.3, 0, 1);
        _wider = parameters.Number("box_width_adjustment", 0, 0, 100);
        _higher = parameters.Number("box_height_adjustment", 0, 0, 100);
        _leastAngle = parameters.Whole("rotation_angle_threshold", 20, 0, 360);
        if (_options.Height % Cell != 0 || _options.Width % Cell != 0)
        {
            throw NodeOptions.Wrong("original_image_height", "height and width of the image must be multiples of 4");
        }
    }

    /// <inheritdoc/>
    public override ImmutableArray<NodePort> Inputs =>
    [
        _options.Image,
        new NodePort("scores", ElementType.F32, PartialShape.Of(1, _options.Height / Cell, _options.Width / Cell, 1)),
        new NodePort("geometry", ElementType.F32, PartialShape.Of(1, _options.Height / Cell, _options.Width / Cell, Fields)),
    ];

    /// <inheritdoc/>
    public override ImmutableArray<NodePort> Outputs => TextOutputs.Of(_options);

    /// <inheritdoc/>
    public override void Compute(
        IReadOnlyDictionary<string, NodeTensor> inputs, IDictionary<string, NodeTensor> outputs, CancellationToken cancellation)
    {
        Picture picture = Picture.Read(inputs["image"], _options.IsPlanar);
        List<Finding> all = Find(inputs["scores"].As<float>(), inputs["geometry"].As<float>());
        List<Finding> best = Best(all, cancellation);
        TextOutputs.Write(
            _options, outputs, [.. best.Select<Finding, Func<Picture>>(one => () => Cut(picture, one))],
            [.. best.Select(static one => one.Box)], [.. best.Select(static one => one.Score)], cancellation);
    }

    private List<Finding> Find(ReadOnlySpan<float> scores, ReadOnlySpan<float> geometry)
    {
        List<Finding> found = [];
        int columns = _options.Width / Cell;
        for (int i = 0; i < scores.Length; i++)
        {
            if (scores[i] >= _options.Confidence)
            {
                ReadOnlySpan<float> cell = geometry.Slice(i * Fields, Fields);
                if (BoxOf(cell, i % columns * Cell, i / columns * Cell) is { Width: > 0, Height: > 0 } box)
                {
                    found.Add(new Finding(box, scores[i], cell[4], (cell[0] + cell[2]) * (1 + _higher)));
                }
            }
        }

        return found;
    }

    // The cell tells its distances to the top, right, bottom and left side of a box that is turned by an angle.
    private Box BoxOf(ReadOnlySpan<float> cell, int x, int y)
    {
        double cos = Math.Cos(cell[4]);
        double sin = Math.Sin(cell[4]);
        double height = cell[0] + cell[2];
        double width = cell[1] + cell[3];
        (int X, int Y) lowRight = (x + (int)((cos * cell[1]) + (sin * cell[2])), y + (int)((-sin * cell[1]) + (cos * cell[2])));
        (int X, int Y) highRight = ((int)(-sin * height) + lowRight.X, (int)(-cos * height) + lowRight.Y);
        (int X, int Y) lowLeft = ((int)(-cos * width) + lowRight.X, (int)(sin * width) + lowRight.Y);
        (int X, int Y) highLeft = (lowLeft.X + highRight.X - lowRight.X, lowLeft.Y + highRight.Y - lowRight.Y);
        int[] across = [lowRight.X, highRight.X, lowLeft.X, highLeft.X];
        int[] down = [lowRight.Y, highRight.Y, lowLeft.Y, highLeft.Y];
        (int left, int right) = Widen(across.Min(), across.Max(), _wider, _options.Width);
        (int top, int bottom) = Widen(down.Min(), down.Max(), _higher, _options.Height);
        return new Box(left, top, right - left, bottom - top);
    }

    // As the original does: the second side grows by the width that the first already has.
    private static (int First, int Second) Widen(int first, int second, double share, int most)
    {
        first = Math.Max(0, (int)(first - ((second - first) * share)));
        return (first, Math.Min(most, (int)(second + ((second - first) * share))));
    }

    private List<Finding> Best(List<Finding> all, CancellationToken cancellation)
    {
        List<Finding> best = [];
        foreach (Finding one in all.OrderByDescending(static one => one.Score))
        {
            cancellation.ThrowIfCancellationRequested();
            if (best.Count < _options.Most && best.TrueForAll(other => Box.Overlap(one.Box, other.Box) <= _overlap))
            {
                best.Add(one);
            }
        }

        return best;
    }

    private Picture Cut(Picture picture, Finding one)
    {
        Picture part = picture.Crop(one.Box);
        double degrees = one.Angle * 180 / Math.PI;
        return Math.Abs(degrees) < Math.Max(_leastAngle, double.Epsilon) ? part : Turn(part, one.Angle, one.TextHeight);
    }

    // Turns the part about its middle, and keeps the rows of the text.
    private static Picture Turn(Picture part, double angle, double textHeight)
    {
        int rows = Math.Clamp((int)textHeight, 1, part.Height);
        int first = (part.Height - rows) / 2;
        (int middleX, int middleY) = (part.Width / 2, part.Height / 2);
        (double sin, double cos) = Math.SinCos(angle);
        Picture turned = Picture.Blank(rows, part.Width, part.Channels);
        for (int y = 0; y < rows; y++)
        {
            for (int x = 0; x < part.Width; x++)
            {
                double right = x - middleX;
                double down = y + first - middleY;
                for (int channel = 0; channel < part.Channels; channel++)
                {
                    turned[y, x, channel] =
                        part.At(middleY - (sin * right) + (cos * down), middleX + (cos * right) + (sin * down), channel);
                }
            }
        }

        return turned;
    }

    private sealed record Finding(Box Box, float Score, float Angle, double TextHeight);
}
