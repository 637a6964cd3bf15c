using System.Diagnostics;
using Ovms.Observability.Metrics;

namespace Ovms.Tests.Observability;

public sealed class CallStatisticsTests
{
    private static readonly long s_millisecond = Stopwatch.Frequency / 1000;

    [Test]
    public async Task Totals_AreTheSumOfAllBatchSizes()
    {
        CallStatistics statistics = new();
        statistics.Add(4, Phases(1));
        statistics.Add(1, Phases(10));
        statistics.Add(4, Phases(100));
        statistics.AddFailed(3 * s_millisecond);
        CallTotals totals = statistics.Read();

        await Assert.That(totals.Samples).IsEqualTo(9);
        await Assert.That(totals.Success).IsEqualTo(new DurationTotal(3, 5 * 111_000_000L));
        await Assert.That(totals.Queue).IsEqualTo(new DurationTotal(3, 111_000_000L));
        await Assert.That(totals.Input).IsEqualTo(new DurationTotal(3, 2 * 111_000_000L));
        await Assert.That(totals.Infer).IsEqualTo(new DurationTotal(3, 3 * 111_000_000L));
        await Assert.That(totals.Output).IsEqualTo(new DurationTotal(3, 4 * 111_000_000L));
        await Assert.That(totals.Fail).IsEqualTo(new DurationTotal(1, 3_000_000));
        await Assert.That(totals.Batches.Select(static batch => (batch.BatchSize, batch.Infer))).IsEquivalentTo(
            [(1L, new DurationTotal(1, 30_000_000)), (4L, new DurationTotal(2, 303_000_000))]);
    }

    // Three calls of 1, 2 and 1 samples in one inference of 4, and one call of 4 alone.
    [Test]
    public async Task CallsThatWereComputedTogether_AreOneInference()
    {
        CallStatistics statistics = new();
        statistics.AddTogether(1, 4, Phases(1));
        statistics.AddTogether(2, 0, Phases(1));
        statistics.AddTogether(1, 0, Phases(1));
        statistics.Add(4, Phases(1));
        CallTotals totals = statistics.Read();

        await Assert.That((totals.Samples, totals.Success.Count, totals.Infer.Count, totals.Inferences)).IsEqualTo((8, 4, 4, 2));
        await Assert.That(totals.Batches).IsEquivalentTo(
        [
            new BatchTotals(4, new(2, 4_000_000), new(2, 6_000_000), new(2, 8_000_000)),
        ]);
    }

    [Test]
    public async Task LastInference_IsWallClock()
    {
        CallStatistics statistics = new();
        await Assert.That(statistics.Read().LastInference).IsEqualTo(0);
        long before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        statistics.Add(1, Phases(1));
        await Assert.That(statistics.Read().LastInference).IsBetween(before, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
    }

    [Test]
    public async Task BatchSizesWithoutEnd_AreCountedAndNotKept()
    {
        CallStatistics statistics = new();
        for (int size = 1; size <= 10_000; size++)
        {
            statistics.Add(size, Phases(1));
        }

        CallTotals totals = statistics.Read();
        await Assert.That(totals.Batches.Length).IsEqualTo(64);
        await Assert.That(totals.Success.Count).IsEqualTo(10_000);
        await Assert.That(totals.Samples).IsEqualTo(10_000L * 10_001 / 2);
    }

    [Test]
    public async Task ManyThreads_LoseNothing()
    {
        CallStatistics statistics = new();
        const int Rounds = 20_000;
        Parallel.For(0, Rounds, i => statistics.Add(i % 100, Phases(1)));
        CallTotals totals = statistics.Read();
        await Assert.That(totals.Success).IsEqualTo(new DurationTotal(Rounds, 5L * Rounds * 1_000_000));
        await Assert.That(totals.Samples).IsEqualTo((long)Rounds / 100 * (99 * 100 / 2));
    }

    [Test]
    public async Task Adding_AllocatesNothing()
    {
        CallStatistics statistics = new();
        statistics.Add(1, Phases(1));
        await Assert.That(Allocation.Of(() => statistics.Add(1, Phases(1)))).IsEqualTo(0);
    }

    // Every phase a multiple of so many milliseconds.
    private static CallPhases Phases(int milliseconds)
    {
        long unit = milliseconds * s_millisecond;
        return new CallPhases(5 * unit, unit, 2 * unit, 3 * unit, 4 * unit);
    }
}
