namespace Ovms.Graphs.Calculators.Vision;

/// <summary>Non-maximum suppression of boxes. Source: the rules of the original's calculator.</summary>
internal static class Suppression
{
    /// <summary>The detections that are kept, by falling score.</summary>
    /// <param name="all">All detections; those of one score keep their order.</param>
    /// <param name="options">The rules.</param>
    /// <param name="cancellation">Checked for each detection.</param>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public static Detection[] Of(List<Detection> all, NonMaxSuppressionOptions options, CancellationToken cancellation)
    {
        IEnumerable<Detection> scored = all
            .Where(detection => !(options.MinScoreThreshold > 0 && detection.Score < options.MinScoreThreshold))
            .OrderByDescending(static detection => detection.Score);
        int most = options.MaxNumDetections < 0 ? int.MaxValue : options.MaxNumDetections;
        return options.Algorithm == NmsAlgorithm.Weighted
            ? Weighted([.. scored], options, most, cancellation)
            : Plain(scored, options, most, cancellation);
    }

    private static Detection[] Plain(
        IEnumerable<Detection> scored, NonMaxSuppressionOptions options, int most, CancellationToken cancellation)
    {
        List<Detection> kept = [];
        foreach (Detection detection in scored)
        {
            cancellation.ThrowIfCancellationRequested();
            bool isKept = true;
            for (int i = 0; isKept && i < kept.Count; i++)
            {
                isKept = !(Overlap(options.OverlapType, kept[i].Box, detection.Box) > options.MinSuppressionThreshold);
            }

            if (isKept)
            {
                kept.Add(detection);
            }

            if (kept.Count >= most)
            {
                break;
            }
        }

        return [.. kept];
    }

    // A box that overlaps with none, not even itself, as with a threshold of 1, ends the search: the original stops there too.
    private static Detection[] Weighted(
        List<Detection> rest, NonMaxSuppressionOptions options, int most, CancellationToken cancellation)
    {
        List<Detection> kept = [];
        while (rest.Count > 0 && kept.Count < most)
        {
            cancellation.ThrowIfCancellationRequested();
            Detection first = rest[0];
            List<Detection> near = [];
            List<Detection> far = [];
            foreach (Detection other in rest)
            {
                (Overlap(options.OverlapType, other.Box, first.Box) > options.MinSuppressionThreshold ? near : far).Add(other);
            }

            kept.Add(near.Count == 0 ? first : Mean(first, near));
            if (near.Count == 0)
            {
                break;
            }

            rest = far;
        }

        return [.. kept];
    }

    private static Detection Mean(Detection first, List<Detection> near)
    {
        float sum = 0;
        (float left, float top, float right, float bottom) = (0, 0, 0, 0);
        (float X, float Y)[] points = new (float X, float Y)[first.Keypoints.Length];
        foreach (Detection detection in near)
        {
            float score = detection.Score;
            sum += score;
            left += detection.Box.Left * score;
            top += detection.Box.Top * score;
            right += detection.Box.Right * score;
            bottom += detection.Box.Bottom * score;
            for (int i = 0; i < Math.Min(points.Length, detection.Keypoints.Length); i++)
            {
                points[i].X += detection.Keypoints[i].X * score;
                points[i].Y += detection.Keypoints[i].Y * score;
            }
        }

        if (sum == 0)
        {
            return first;
        }

        return first with
        {
            Box = new DetectionBox(left / sum, top / sum, (right - left) / sum, (bottom - top) / sum),
            Keypoints = [.. points.Select(point => (point.X / sum, point.Y / sum))],
        };
    }

    private static float Overlap(OverlapType type, DetectionBox first, DetectionBox second)
    {
        float common = first.Common(second);
        if (common == 0)
        {
            return 0;
        }

        float whole = type switch
        {
            OverlapType.Jaccard => first.Around(second),
            OverlapType.ModifiedJaccard => second.Area,
            _ => first.Area + second.Area - common,
        };
        return whole > 0 ? common / whole : 0;
    }
}
