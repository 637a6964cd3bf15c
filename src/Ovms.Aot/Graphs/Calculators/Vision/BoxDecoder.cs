namespace Ovms.Graphs.Calculators.Vision;

/// <summary>Decodes the numbers of one box. Source: the rules of the original's calculator.</summary>
/// <param name="options">What the numbers are.</param>
internal sealed class BoxDecoder(TensorsToDetectionsOptions options)
{
    private readonly float[] _decoded = new float[options.NumCoords];

    /// <summary>The class with the highest score; −1 if all are ignored or no number.</summary>
    /// <param name="scores">A score for each class.</param>
    public (int Label, float Score) BestOf(ReadOnlySpan<float> scores)
    {
        (int label, float best) = (-1, float.MinValue);
        for (int i = 0; i < scores.Length; i++)
        {
            float score = scores[i];
            if (options.SigmoidScore)
            {
                score = options.ScoreClippingThresh is { } limit ? Math.Max(Math.Min(score, limit), -limit) : score;
                score = 1 / (1 + MathF.Exp(-score));
            }

            if (score > best && !options.IgnoreClasses.Contains(i))
            {
                (label, best) = (i, score);
            }
        }

        return (label, best);
    }

    /// <summary>Decodes the numbers of a box relative to its anchor.</summary>
    /// <param name="numbers">As many as num_coords.</param>
    /// <param name="anchor">The anchor.</param>
    /// <returns>The numbers as <see cref="DetectionOf"/> takes them, valid until the next call.</returns>
    public ReadOnlySpan<float> Decode(ReadOnlySpan<float> numbers, Anchor anchor)
    {
        (float x, float y) = Pair(numbers[options.BoxCoordOffset..]);
        (float width, float height) = Pair(numbers[(options.BoxCoordOffset + 2)..]);
        x = PlaceX(x, anchor);
        y = PlaceY(y, anchor);
        (width, height) = (width / options.WScale, height / options.HScale);
        (width, height) = options.ApplyExponentialOnBoxSize ? (MathF.Exp(width), MathF.Exp(height)) : (width, height);
        (width, height) = (width * anchor.W, height * anchor.H);
        Span<float> box = _decoded.AsSpan(options.BoxCoordOffset);
        (box[0], box[1], box[2], box[3]) = (y - (height / 2), x - (width / 2), y + (height / 2), x + (width / 2));
        for (int i = 0; i < options.NumKeypoints; i++)
        {
            int at = options.KeypointCoordOffset + (i * options.NumValuesPerKeypoint);
            (float pointX, float pointY) = Pair(numbers[at..]);
            (_decoded[at], _decoded[at + 1]) = (PlaceX(pointX, anchor), PlaceY(pointY, anchor));
        }

        return _decoded;
    }

    /// <summary>The detection of decoded numbers: ymin, xmin, ymax and xmax of the box, and x and y of each key point.</summary>
    /// <returns>The detection; null for a box of negative size or with numbers that are not finite.</returns>
    public Detection? DetectionOf(ReadOnlySpan<float> decoded, int label, float score)
    {
        ReadOnlySpan<float> box = decoded.Slice(options.BoxCoordOffset, 4);
        (float width, float height) = (box[3] - box[1], box[2] - box[0]);
        if (!(float.IsFinite(width) && float.IsFinite(height) && width >= 0 && height >= 0))
        {
            return null;
        }

        (float X, float Y)[] points = options.NumKeypoints == 0 ? [] : new (float X, float Y)[options.NumKeypoints];
        for (int i = 0; i < points.Length; i++)
        {
            int at = options.KeypointCoordOffset + (i * options.NumValuesPerKeypoint);
            points[i] = (decoded[at], options.FlipVertically ? 1 - decoded[at + 1] : decoded[at + 1]);
        }

        DetectionBox place = new(box[1], options.FlipVertically ? 1 - box[2] : box[0], width, height);
        return new Detection(place, score, label) { Keypoints = points };
    }

    private (float X, float Y) Pair(ReadOnlySpan<float> numbers) =>
        options.ReverseOutputOrder ? (numbers[0], numbers[1]) : (numbers[1], numbers[0]);

    private float PlaceX(float x, Anchor anchor) => (x / options.XScale * anchor.W) + anchor.XCenter;

    private float PlaceY(float y, Anchor anchor) => (y / options.YScale * anchor.H) + anchor.YCenter;
}
