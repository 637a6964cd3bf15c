using Ovms.Bench.Measuring;

namespace Ovms.Tests.Bench.Measuring;

public sealed class LatencyHistogramTests
{
    [Test]
    public async Task EveryDuration_LiesInItsBucket_WithinTwoPercent()
    {
        int last = -1;
        for (long ticks = 0; ticks < 1L << 40; ticks = (ticks * 9 / 8) + 1)
        {
            int index = LatencyHistogram.IndexOf(ticks);
            long upper = LatencyHistogram.UpperOf(index);
            await Assert.That(index).IsGreaterThanOrEqualTo(last);
            await Assert.That(upper).IsGreaterThanOrEqualTo(ticks);
            await Assert.That(upper - ticks).IsLessThanOrEqualTo(ticks / 50 + 1);
            await Assert.That(LatencyHistogram.IndexOf(upper)).IsEqualTo(index);
            await Assert.That(LatencyHistogram.IndexOf(upper + 1)).IsEqualTo(index + 1);
            last = index;
        }
    }

    [Test]
    public async Task Quantiles_AreThoseOfWhatWasAdded()
    {
        LatencyHistogram even = new();
        LatencyHistogram odd = new();
        for (int i = 1; i <= 1000; i++)
        {
            (i % 2 == 0 ? even : odd).Add(TimeSpan.FromMilliseconds(i));
        }

        even.Add(odd);
        await Assert.That(even.Count).IsEqualTo(1000);
        await Assert.That(even.Quantile(0.5).TotalMilliseconds).IsBetween(500, 510);
        await Assert.That(even.Quantile(0.99).TotalMilliseconds).IsBetween(990, 1010);
        await Assert.That(even.Quantile(1).TotalMilliseconds).IsBetween(1000, 1020);
    }

    [Test]
    public async Task NothingAdded_IsZero()
    {
        LatencyHistogram none = new();
        await Assert.That(none.Quantile(0.5)).IsEqualTo(TimeSpan.Zero);
        none.Add(TimeSpan.FromTicks(-5));
        await Assert.That(none.Quantile(0.5)).IsEqualTo(TimeSpan.Zero);
        await Assert.That(none.Count).IsEqualTo(1);
    }
}
