using Ovms.Bench.Tuning;

namespace Ovms.Tests.Bench.Tuning;

/// <summary>The search with a simulated measurer: the rate of an arrangement is its nireq.</summary>
public sealed class TuneSearchTests
{
    private static readonly Arrangement s_first = new() { IsAdaptive = true };
    private readonly SteppedTime _clock = new();
    private readonly List<(Arrangement Arrangement, TimeSpan Turn)> _measured = [];

    [Test]
    public async Task BestOnes_AreMeasuredMoreOftenAndLonger()
    {
        TuneSearch search = Search(TimeSpan.FromSeconds(120), start: TimeSpan.FromSeconds(0.5));
        await search.RunAsync(s_first, static () => Simulated.Arrangements(15), CancellationToken.None);
        TuneResult best = new TuneRank(TimeSpan.Zero).Best(search.Results)!;
        await Assert.That(best.Arrangement.Nireq).IsEqualTo(15);
        await Assert.That(best.Turns).IsEqualTo(5);
        await Assert.That(search.Results.Count(static result => result.Turns == 1)).IsEqualTo(8);
        await Assert.That(_measured[^1].Turn).IsGreaterThan(_measured[1].Turn * 3);
        await Assert.That(_clock.GetElapsedTime(0)).IsBetween(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(120));
    }

    [Test]
    [Arguments(5)]
    [Arguments(20)]
    [Arguments(120)]
    [Arguments(900)]
    public async Task Budget_IsKept_HoweverLongAServerTakesToStart(int seconds)
    {
        foreach (double start in new[] { 0.1, 1, 7, 40 })
        {
            SteppedTime clock = new();
            TuneSearch search = Search(TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(start), clock);
            await search.RunAsync(s_first, static () => Simulated.Arrangements(20), CancellationToken.None);
            await Assert.That(clock.GetElapsedTime(0)).IsLessThanOrEqualTo(TimeSpan.FromSeconds(seconds));
            await Assert.That(search.Results.Any(static result => result.IsMeasured)).IsEqualTo(start + 0.4 < seconds);
        }
    }

    [Test]
    public async Task SlowCompilation_IsEnded_AndWhatWasMeasuredStays()
    {
        TuneSearch search = new(MeasureAsync, new TuneRank(TimeSpan.Zero), 1, TimeSpan.FromSeconds(30), _clock);
        await search.RunAsync(s_first, static () => Simulated.Arrangements(3), CancellationToken.None);
        await Assert.That(_clock.GetElapsedTime(0)).IsEqualTo(TimeSpan.FromSeconds(30));
        await Assert.That(search.Results.Select(static result => result.IsMeasured)).IsEquivalentTo(
            [true, true, false, false], TUnit.Assertions.Enums.CollectionOrdering.Matching);

        async Task<TuneTurn> MeasureAsync(Arrangement arrangement, TimeSpan turn, CancellationToken cancellation)
        {
            if (arrangement.Nireq == 2)
            {
                TaskCompletionSource never = new();
                Task waiting = never.Task.WaitAsync(cancellation);
                _clock.Step(TimeSpan.FromSeconds(30) - _clock.GetElapsedTime(0));
                await waiting;
            }

            _clock.Step(turn);
            return Simulated.Turn(turn, 1, 10);
        }
    }

    [Test]
    public async Task ManyArrangementsForTheTime_LeaveAPartOfItToTheBetterOnes()
    {
        TuneSearch search = Search(TimeSpan.FromSeconds(30), start: TimeSpan.FromSeconds(2));
        await search.RunAsync(s_first, static () => Simulated.Arrangements(40), CancellationToken.None);
        await Assert.That(search.Results.Count(static result => !result.IsMeasured)).IsGreaterThan(20);
        await Assert.That(search.Results.Max(static result => result.Turns)).IsGreaterThan(1);

        // In the order of promise: what is not measured is the end of the list.
        await Assert.That(search.Results.SkipWhile(static result => result.IsMeasured).Any(static result => result.IsMeasured)).IsFalse();
    }

    [Test]
    public async Task FirstThatCannotBeServed_EndsTheSearch()
    {
        TuneSearch search = new(
            static (_, _, _) => Task.FromResult(new TuneTurn(TimeSpan.Zero, [], "no such model")), new TuneRank(TimeSpan.Zero), 1, TimeSpan.FromSeconds(30), _clock);
        await search.RunAsync(s_first, static () => throw new InvalidOperationException("Nothing else is to be measured."), CancellationToken.None);
        await Assert.That(search.Results.Single().Trouble).IsEqualTo("no such model");
    }

    [Test]
    public async Task OtherThatCannotBeServed_IsLeftOut()
    {
        TuneSearch search = Search(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(0.1), trouble: 3);
        await search.RunAsync(s_first, static () => Simulated.Arrangements(3), CancellationToken.None);
        await Assert.That(search.Results.Single(static result => result.Trouble is not null).Arrangement.Nireq).IsEqualTo(3);
        await Assert.That(new TuneRank(TimeSpan.Zero).Best(search.Results)!.Arrangement.Nireq).IsEqualTo(2);
        await Assert.That(_measured.Count(static one => one.Arrangement.Nireq == 3)).IsEqualTo(1);
    }

    [Test]
    public async Task TroubleInALaterTurn_LeavesTheFiguresOfThoseBefore()
    {
        TuneResult result = Simulated.Result(s_first, 1, 100);
        result.Add(new TuneTurn(TimeSpan.Zero, [], "it crashed"));
        await Assert.That(result.IsMeasured).IsTrue();
        await Assert.That(result.Trouble).IsNull();
        await Assert.That(result.Turns).IsEqualTo(1);
    }

    [Test]
    public async Task Stop_KeepsWhatWasMeasured()
    {
        using CancellationTokenSource stop = new();
        TuneSearch search = Search(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(0.1), after: () =>
        {
            if (_measured.Count == 3)
                stop.Cancel();
        });
        await search.RunAsync(s_first, static () => Simulated.Arrangements(10), stop.Token);
        await Assert.That(_measured.Count).IsEqualTo(3);
        await Assert.That(search.Results.Count(static result => result.IsMeasured)).IsEqualTo(3);
    }

    private TuneSearch Search(TimeSpan budget, TimeSpan start, SteppedTime? clock = null, int? trouble = null, Action? after = null)
    {
        clock ??= _clock;
        return new TuneSearch(MeasureAsync, new TuneRank(TimeSpan.Zero), 2, budget, clock);

        Task<TuneTurn> MeasureAsync(Arrangement arrangement, TimeSpan turn, CancellationToken cancellation)
        {
            TimeSpan whole = start + (turn * (1 + TuneSearch.WarmUpShare) * 2);
            TimeSpan left = budget - clock.GetElapsedTime(0);
            clock.Step(whole < left ? whole : left);
            cancellation.ThrowIfCancellationRequested();
            _measured.Add((arrangement, turn));
            after?.Invoke();
            int rate = arrangement.Nireq ?? 1;
            return Task.FromResult(
                rate == trouble
                    ? new TuneTurn(start, [], "it does not start")
                    : Simulated.Turn(turn, 1, rate * 10, rate * 20) with { Start = start });
        }
    }
}
