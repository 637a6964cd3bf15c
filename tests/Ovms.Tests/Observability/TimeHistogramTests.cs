using System.Diagnostics;
using Ovms.Observability.Metrics;

namespace Ovms.Tests.Observability;

public sealed class TimeHistogramTests
{
    [Test]
    public async Task Bounds_AreTheOriginals() =>
        await Assert.That(string.Join(' ', TimeHistogram.Bounds)).IsEqualTo(
            "10 18 32 58 104 188 340 612 1101 1983 3570 6426 11568 20822 37481 67466 121439 218591 393464 708235 1274823 2294682 4130428 7434771 13382588 24088659 43359586 78047255 140485060 252873108 455171596 819308872 1474755971");

    [Test]
    public async Task EveryBound_IsInItsBucketAndTheNextMicrosecondIsNot()
    {
        TimeHistogram histogram = new();
        long microsecond = Stopwatch.Frequency / 1_000_000;
        foreach (long bound in TimeHistogram.Bounds)
        {
            histogram.Add(bound * microsecond);
            histogram.Add((bound + 1) * microsecond);
        }

        // Each bucket but the first holds its own bound and the one after the bound before.
        int[] counts = [.. Enumerable.Range(0, TimeHistogram.Bounds.Length + 1).Select(bucket => (int)histogram.CountIn(bucket))];
        await Assert.That(counts[0]).IsEqualTo(1);
        await Assert.That(counts[1..^1].All(static count => count == 2)).IsTrue();
        await Assert.That(counts[^1]).IsEqualTo(1);
    }

    [Test]
    public async Task ManyThreads_LoseNothing()
    {
        TimeHistogram histogram = new();
        Parallel.For(0, 8, thread =>
        {
            for (int i = 0; i < 20_000; i++)
            {
                histogram.Add((thread + 1) * i);
            }
        });
        long count = Enumerable.Range(0, TimeHistogram.Bounds.Length + 1).Sum(histogram.CountIn);
        await Assert.That(count).IsEqualTo(160_000);
        await Assert.That(histogram.Sum).IsEqualTo(TimeHistogram.ToMicroseconds(36L * (20_000L * 19_999 / 2)));
    }

    [Test]
    public async Task ClockThatWentBack_CountsAsNothing()
    {
        TimeHistogram histogram = new();
        histogram.Add(-5);
        await Assert.That(histogram.CountIn(0)).IsEqualTo(1);
        await Assert.That(histogram.Sum).IsEqualTo(0);
    }
}
