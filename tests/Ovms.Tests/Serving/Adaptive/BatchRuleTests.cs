using Ovms.Serving.Adaptive;

namespace Ovms.Tests.Serving.Adaptive;

public sealed class BatchRuleTests
{
    // Calls in flight, calls a second; whether the form is made and serves; seconds in this arrangement; calls a second when each was alone.
    [Test]
    [Arguments(32, 100, false, false, 9, 100, nameof(ArrangementStep.Make))]
    [Arguments(32, 100, true, false, 9, 100, nameof(ArrangementStep.UseBatches))]
    [Arguments(32, 100, true, false, 9, 0, nameof(ArrangementStep.Stay))]
    [Arguments(4.5, 100, true, false, 9, 100, nameof(ArrangementStep.Stay))]
    [Arguments(4.9, 100, true, false, 9, 100, nameof(ArrangementStep.UseBatches))]
    [Arguments(32, 60, true, true, 0.5, 100, nameof(ArrangementStep.Stay))]
    [Arguments(32, 79, true, true, 1.2, 100, nameof(ArrangementStep.Refuse))]
    [Arguments(32, 90, true, true, 1.2, 100, nameof(ArrangementStep.Stay))]
    [Arguments(32, 102, true, true, 3.2, 100, nameof(ArrangementStep.Refuse))]
    [Arguments(32, 104, true, true, 3.2, 100, nameof(ArrangementStep.Stay))]
    [Arguments(4, 50, true, true, 9, 100, nameof(ArrangementStep.Stay))]
    [Arguments(2.2, 50, true, true, 9, 100, nameof(ArrangementStep.EndBatches))]
    [Arguments(0, 0, true, true, 0.5, 100, nameof(ArrangementStep.Stay))]
    public async Task Step_FollowsFromTheLoad(
        double inFlight, double rate, bool isMade, bool serves, double seconds, double alone, string expected)
    {
        BatchFacts facts = Facts(inFlight, rate) with
        {
            IsMade = isMade, Serves = serves, Settled = TimeSpan.FromSeconds(seconds), RateAlone = alone,
        };
        await Assert.That(BatchRule.Decide(facts).ToString()).IsEqualTo(expected);
    }

    [Test]
    public async Task ModelThatMixesRows_IsLeftAlone() =>
        await Assert.That(BatchRule.Decide(Facts(32, 100) with { CanBe = false })).IsEqualTo(ArrangementStep.Stay);

    [Test]
    [Arguments(19, false, nameof(ArrangementStep.Stay))]
    [Arguments(20, false, nameof(ArrangementStep.Compare))]
    [Arguments(20, true, nameof(ArrangementStep.Stay))]
    [Arguments(300, true, nameof(ArrangementStep.Compare))]
    public async Task WhatServes_IsComparedAnew(int seconds, bool isCompared, string expected)
    {
        BatchFacts facts = Facts(32, 200) with
        {
            IsMade = true, Serves = true, Settled = TimeSpan.FromSeconds(seconds), IsCompared = isCompared,
        };
        await Assert.That(BatchRule.Decide(facts).ToString()).IsEqualTo(expected);
        await Assert.That(BatchRule.Decide(facts with { InFlight = 4 })).IsEqualTo(ArrangementStep.Stay);
    }

    [Test]
    public async Task FailedInferences_EndIt()
    {
        BatchFacts facts = Facts(32, 900) with { IsMade = true, Serves = true, Settled = TimeSpan.Zero };
        await Assert.That(BatchRule.Decide(facts with { Failures = 2 })).IsEqualTo(ArrangementStep.Stay);
        await Assert.That(BatchRule.Decide(facts with { Failures = 3 })).IsEqualTo(ArrangementStep.Refuse);
    }

    [Test]
    public async Task Refusal_HoldsForAWhile_AndForAsManyCalls()
    {
        BatchFacts facts = Facts(20, 100) with { IsMade = true, Refused = 20, SinceRefusal = TimeSpan.FromSeconds(10) };
        await Assert.That(BatchRule.Decide(facts)).IsEqualTo(ArrangementStep.Stay);
        await Assert.That(BatchRule.Decide(facts with { InFlight = 30 })).IsEqualTo(ArrangementStep.UseBatches);
        await Assert.That(BatchRule.Decide(facts with { SinceRefusal = ArrangementRule.RefusalHolds })).IsEqualTo(ArrangementStep.UseBatches);
    }

    [Test]
    public async Task FormThatIsNotUsed_IsFreed() =>
        await Assert.That(BatchRule.Decide(Facts(1, 30) with { IsMade = true, SinceBusy = ArrangementRule.Kept }))
            .IsEqualTo(ArrangementStep.Free);

    // Callers that call again when they have their answer. Alone, two calls are computed at a time, each in 10 ms; together 16 of 2 streams,
    // each inference in so many milliseconds. Then: whether calls are computed together, and how often that changed.
    [Test]
    [Arguments("32x60", 40, true, 3)]
    [Arguments("32x60", 200, false, 2)]
    [Arguments("2x60", 10, false, 0)]
    [Arguments("32x15 1x20", 40, false, 2)]
    [Arguments("32x15 1x20 32x15", 40, true, 3)]
    public async Task SimulatedLoad_IsComputedTogetherWhereThatIsFaster(string phases, double milliseconds, bool serves, int changes)
    {
        TimeSpan window = TimeSpan.FromMilliseconds(250);
        TimeSpan now = default;
        TimeSpan settled = default;
        TimeSpan refusedAt = default;
        BatchFacts state = Facts(0, 0) with { RateAlone = 0 };
        int changed = 0;
        foreach (string phase in phases.Split(' '))
        {
            string[] parts = phase.Split('x');
            int callers = int.Parse(parts[0]);
            TimeSpan end = now + TimeSpan.FromSeconds(int.Parse(parts[1]));
            for (; now < end; now += window)
            {
                double rate = state.Serves ? callers * 1000 / milliseconds : Math.Min(callers, 2) * 100;
                state = state with { InFlight = callers * 0.97, Rate = rate, Settled = now - settled, SinceRefusal = now - refusedAt };
                state = state with { RateAlone = !state.Serves && state.IsBusy ? rate : state.RateAlone };
                ArrangementStep step = BatchRule.Decide(state);
                state = step switch
                {
                    ArrangementStep.Make => state with { IsMade = true },
                    ArrangementStep.UseBatches => state with { Serves = true },
                    ArrangementStep.EndBatches => state with { Serves = false, IsCompared = false },
                    ArrangementStep.Compare => state with { Serves = false, IsCompared = true },
                    ArrangementStep.Refuse => state with { Serves = false, Refused = state.InFlight },
                    _ => state,
                };
                refusedAt = step == ArrangementStep.Refuse ? now : refusedAt;
                if (step is ArrangementStep.UseBatches or ArrangementStep.EndBatches or ArrangementStep.Compare or ArrangementStep.Refuse)
                {
                    settled = now;
                    changed++;
                }
            }
        }

        await Assert.That((state.Serves, changed)).IsEqualTo((serves, changes));
    }

    private static BatchFacts Facts(double inFlight, double rate) => new(
        inFlight, rate, Streams: 2, CanBe: true, IsMade: false, Serves: false, Settled: TimeSpan.FromSeconds(99), RateAlone: 100, Refused: 0,
        SinceRefusal: TimeSpan.FromDays(1), SinceBusy: TimeSpan.Zero, IsCompared: false, Failures: 0);
}
