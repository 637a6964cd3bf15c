using Ovms.Bench.Tuning;

namespace Ovms.Tests.Bench.Tuning;

public sealed class TuneRankTests
{
    private static readonly Arrangement s_default = new() { IsAdaptive = true };

    [Test]
    public async Task EveryNumberOfCallers_CountsAlike()
    {
        // Twice the calls of the lone caller are worth as much as twice those of many.
        TuneResult even = Simulated.Result(new Arrangement("LATENCY"), 1, 200, 1000);
        TuneResult other = Simulated.Result(new Arrangement("THROUGHPUT"), 1, 100, 1900);
        await Assert.That(new TuneRank(TimeSpan.Zero).Best([other, even])).IsEqualTo(even);
    }

    [Test]
    public async Task FiguresThatAreAlike_GoToTheFewestSettings()
    {
        TuneResult first = Simulated.Result(s_default, 1, 990);
        TuneResult other = Simulated.Result(new Arrangement("THROUGHPUT", 2, 4), 1, 1000);
        await Assert.That(new TuneRank(TimeSpan.Zero).Best([first, other])).IsEqualTo(first);
        TuneResult slower = Simulated.Result(s_default, 1, 900);
        await Assert.That(new TuneRank(TimeSpan.Zero).Best([slower, other])).IsEqualTo(other);
    }

    [Test]
    public async Task Latency_ExcludesWhatIsSlower()
    {
        TuneRank rank = new(TimeSpan.FromMilliseconds(10));
        TuneResult quick = Simulated.Result(new Arrangement("LATENCY"), 8, 100);
        TuneResult slow = Simulated.Result(new Arrangement("THROUGHPUT"), 30, 500);
        await Assert.That(rank.Best([slow, quick])).IsEqualTo(quick);
        await Assert.That(rank.Order([slow, quick])[0]).IsEqualTo(quick);
        await Assert.That(rank.Best([slow])).IsNull();
    }

    [Test]
    public async Task NoneWithinTheLatency_TheNearestComesFirst()
    {
        TuneRank rank = new(TimeSpan.FromMilliseconds(1));
        TuneResult near = Simulated.Result(new Arrangement("LATENCY"), 8, 100);
        TuneResult far = Simulated.Result(new Arrangement("THROUGHPUT"), 30, 500);
        far.Add(Simulated.Turn(TimeSpan.FromSeconds(1), 30, 500));
        await Assert.That(rank.Order([far, near])[0]).IsEqualTo(near);
    }

    [Test]
    public async Task LeftOutEarly_IsNotPreferredForItsShortTurn()
    {
        TuneResult lucky = Simulated.Result(new Arrangement("THROUGHPUT"), 1, 2000);
        TuneResult tried = Simulated.Result(new Arrangement("LATENCY"), 1, 1000);
        tried.Add(Simulated.Turn(TimeSpan.FromSeconds(1), 1, 1000));
        await Assert.That(new TuneRank(TimeSpan.Zero).Best([lucky, tried])).IsEqualTo(tried);
    }
}
