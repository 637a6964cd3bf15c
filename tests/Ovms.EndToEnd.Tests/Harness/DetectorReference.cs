namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>The chain of a detector in plain, slow arithmetic: mean of areas, range, product, decoding with anchors, suppression.</summary>
internal static class DetectorReference
{
    /// <summary>The boxes that are kept, in shares of the image.</summary>
    public static List<(double Left, double Top, double Right, double Bottom)> Boxes(
        DetectorModel model, byte[] pixels, int height, int width, int size, int boxes, int classes)
    {
        double[] input = new double[size * size * 3];
        for (int i = 0; i < input.Length; i++)
        {
            input[i] = (Mean(pixels, height, width, size, i / 3 / size, i / 3 % size, i % 3) / 255 * 2) - 1;
        }

        double[] places = Product(input, model.BoxWeights, boxes * 4);
        double[] scores = Product(input, model.ScoreWeights, boxes * classes);
        List<(double Score, (double Left, double Top, double Right, double Bottom) Box)> found = [];
        for (int i = 0; i < boxes; i++)
        {
            // One layer of cells of half the image; the size is the mean of both scales, and once more between it and 1.
            (double scale, double ratio) = new[] { (0.4, 1.0), (0.4, 2.0), (0.4, 0.5), (Math.Sqrt(0.4), 1.0) }[i % 4];
            (double y, double x) = (((i / 8) + 0.5) / 2, ((i / 4 % 2) + 0.5) / 2);
            (double h, double w) = (scale / Math.Sqrt(ratio), scale * Math.Sqrt(ratio));
            (double centerY, double centerX) = ((places[i * 4] / 10 * h) + y, (places[(i * 4) + 1] / 10 * w) + x);
            (double boxH, double boxW) = (Math.Exp(places[(i * 4) + 2] / 5) * h, Math.Exp(places[(i * 4) + 3] / 5) * w);
            double score = Enumerable.Range(1, classes - 1).Max(label => scores[(i * classes) + label]);
            found.Add((score, (centerX - (boxW / 2), centerY - (boxH / 2), centerX + (boxW / 2), centerY + (boxH / 2))));
        }

        List<(double Left, double Top, double Right, double Bottom)> kept = [];
        foreach ((_, (double Left, double Top, double Right, double Bottom) box) in found.OrderByDescending(static one => one.Score))
        {
            if (kept.Count < 3 && kept.All(other => Overlap(other, box) <= 0.4))
            {
                kept.Add(box);
            }
        }

        return kept;
    }

    private static double[] Product(double[] input, float[] weights, int columns)
    {
        double[] result = new double[columns];
        for (int column = 0; column < columns; column++)
        {
            for (int row = 0; row < input.Length; row++)
            {
                result[column] += input[row] * weights[(row * columns) + column];
            }
        }

        return result;
    }

    // Both sides are whole multiples of the size.
    private static double Mean(byte[] pixels, int height, int width, int size, int y, int x, int channel)
    {
        double sum = 0;
        (int rows, int columns) = (height / size, width / size);
        for (int row = y * rows; row < (y + 1) * rows; row++)
        {
            for (int column = x * columns; column < (x + 1) * columns; column++)
            {
                sum += pixels[(((row * width) + column) * 3) + channel];
            }
        }

        return Math.Round(sum / (rows * columns));
    }

    private static double Overlap(
        (double Left, double Top, double Right, double Bottom) a, (double Left, double Top, double Right, double Bottom) b)
    {
        double width = Math.Min(a.Right, b.Right) - Math.Max(a.Left, b.Left);
        double height = Math.Min(a.Bottom, b.Bottom) - Math.Max(a.Top, b.Top);
        double common = width > 0 && height > 0 ? width * height : 0;
        return common / (((a.Right - a.Left) * (a.Bottom - a.Top)) + ((b.Right - b.Left) * (b.Bottom - b.Top)) - common);
    }
}
