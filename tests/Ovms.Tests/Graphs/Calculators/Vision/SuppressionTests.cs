using Ovms.Graphs.Calculators.Vision;
using Ovms.Status;

namespace Ovms.Tests.Graphs.Calculators.Vision;

/// <summary>Non-maximum suppression against a slow reference on random boxes.</summary>
public sealed class SuppressionTests
{
    [Test]
    [Arguments((int)OverlapType.Jaccard)]
    [Arguments((int)OverlapType.ModifiedJaccard)]
    [Arguments((int)OverlapType.IntersectionOverUnion)]
    public async Task RandomBoxes_AreKeptAsByTheReference(int overlap)
    {
        for (int seed = 0; seed < 50; seed++)
        {
            Random random = new(seed);
            List<Detection> all = [.. Enumerable.Range(0, 60).Select(index => new Detection(BoxOf(random), random.NextSingle(), index))];
            NonMaxSuppressionOptions options = new() { OverlapType = (OverlapType)overlap, MinSuppressionThreshold = 0.3f, MinScoreThreshold = 0.1f, MaxNumDetections = seed % 2 == 0 ? -1 : 7 };
            int?[] kept = [.. Suppression.Of(all, options, CancellationToken.None).Select(static detection => detection.LabelId)];
            await Assert.That(kept.SequenceEqual(Reference(all, options))).IsTrue();
        }
    }

    [Test]
    public async Task Weighted_AveragesByScore()
    {
        List<Detection> all =
        [
            new(new DetectionBox(0, 0, 0.4f, 0.4f), 0.6f, 1) { Keypoints = [(0, 0)] },
            new(new DetectionBox(0.1f, 0, 0.4f, 0.4f), 0.2f, 2) { Keypoints = [(0.4f, 0.8f)] },
            new(new DetectionBox(0.8f, 0.8f, 0.1f, 0.1f), 0.5f, 3) { Keypoints = [(0.8f, 0.8f)] },
        ];
        NonMaxSuppressionOptions options = new() { Algorithm = NmsAlgorithm.Weighted, OverlapType = OverlapType.IntersectionOverUnion, MinSuppressionThreshold = 0.3f };
        Detection[] kept = Suppression.Of(all, options, CancellationToken.None);
        await Assert.That(string.Join(' ', kept.Select(static detection => detection.LabelId))).IsEqualTo("1 3");
        await Assert.That(Math.Abs(kept[0].Box.Left - 0.025f)).IsLessThan(1e-6f);
        await Assert.That(Math.Abs(kept[0].Keypoints[0].Y - 0.2f)).IsLessThan(1e-6f);
        await Assert.That(Suppression.Of(all, options with { MinSuppressionThreshold = 1 }, CancellationToken.None).Length).IsEqualTo(1);
    }

    [Test]
    public async Task Node_JoinsItsInputs_AndAnswersNothingOrAnEmptyVector()
    {
        Detection[] one = [new(new DetectionBox(0, 0, 1, 1), 0.5f, 1)];
        Detection[] two = [new(new DetectionBox(0, 0, 1, 1), 0.7f, 2)];
        NonMaxSuppressionOptions options = new() { NumDetectionStreams = 2, MinSuppressionThreshold = 0.5f };
        (Outcome outcome, object?[] values) = await VisionGraph.RunAsync("NonMaxSuppressionCalculator", "a b", "o", options, [one, two]);
        await Assert.That(outcome.Text).IsEqualTo("OK");
        await Assert.That(((Detection[])values[0]!).Single().LabelId).IsEqualTo(2);
        (_, values) = await VisionGraph.RunAsync("NonMaxSuppressionCalculator", "a", "o", null, [Array.Empty<Detection>()]);
        await Assert.That(values[0]).IsNull();
        (_, values) = await VisionGraph.RunAsync("NonMaxSuppressionCalculator", "a", "o", new NonMaxSuppressionOptions { ReturnEmptyDetections = true }, [Array.Empty<Detection>()]);
        await Assert.That(((Detection[])values[0]!).Length).IsEqualTo(0);
        await Assert.That(VisionGraph.Bind("NonMaxSuppressionCalculator", "a b", "o").Detail).Contains("num_detection_streams is 1, and the node has 2");
        await Assert.That(VisionGraph.Bind("NonMaxSuppressionCalculator", "a", "o", new NonMaxSuppressionOptions { MaxNumDetections = 0 }).Detail).Contains("max_num_detections is 0");
    }

    private static DetectionBox BoxOf(Random random) => new(random.NextSingle() * 0.7f, random.NextSingle() * 0.7f, random.NextSingle() * 0.5f, random.NextSingle() * 0.5f);

    // Takes the best box that is left until none is, and strikes out those that overlap with it.
    private static List<int?> Reference(List<Detection> all, NonMaxSuppressionOptions options)
    {
        List<Detection> left = [.. all.Where(detection => detection.Score >= options.MinScoreThreshold)];
        List<int?> kept = [];
        while (left.Count > 0 && (options.MaxNumDetections < 0 || kept.Count < options.MaxNumDetections))
        {
            Detection best = left.MaxBy(static detection => detection.Score)!;
            kept.Add(best.LabelId);
            left.RemoveAll(other => ReferenceEquals(other, best) || Overlap(best.Box, other.Box, options.OverlapType) > options.MinSuppressionThreshold);
        }

        return kept;
    }

    private static float Overlap(DetectionBox a, DetectionBox b, OverlapType type)
    {
        float width = MathF.Min(a.Left + a.Width, b.Left + b.Width) - MathF.Max(a.Left, b.Left);
        float height = MathF.Min(a.Top + a.Height, b.Top + b.Height) - MathF.Max(a.Top, b.Top);
        if (width <= 0 || height <= 0)
        {
            return 0;
        }

        float around = (MathF.Max(a.Left + a.Width, b.Left + b.Width) - MathF.Min(a.Left, b.Left))
            * (MathF.Max(a.Top + a.Height, b.Top + b.Height) - MathF.Min(a.Top, b.Top));
        float whole = type == OverlapType.Jaccard ? around
            : type == OverlapType.ModifiedJaccard ? b.Width * b.Height
            : (a.Width * a.Height) + (b.Width * b.Height) - (width * height);
        return width * height / whole;
    }
}
