using Ovms.Serving.Adaptive;

namespace Ovms.Tests.Serving.Adaptive;

public sealed class ArrangementRuleTests
{
    // Calls in flight, calls a second; whether the throughput form is made and serves; seconds in this arrangement; calls a second before.
    [Test]
    [Arguments(0, 0, false, false, 99, 0, nameof(ArrangementStep.Stay))]
    [Arguments(1.0, 30, false, false, 99, 0, nameof(ArrangementStep.Stay))]
    [Arguments(1.7, 30, false, false, 99, 0, nameof(ArrangementStep.Stay))]
    [Arguments(1.9, 30, false, false, 99, 0, nameof(ArrangementStep.Make))]
    [Arguments(32, 30, true, false, 0, 0, nameof(ArrangementStep.UseThroughput))]
    [Arguments(32, 20, true, true, 0.5, 30, nameof(ArrangementStep.Stay))]
    [Arguments(32, 60, true, true, 2, 30, nameof(ArrangementStep.Stay))]
    [Arguments(32, 30.5, true, true, 2, 30, nameof(ArrangementStep.Refuse))]
    [Arguments(1.7, 20, true, true, 2, 30, nameof(ArrangementStep.Stay))]
    [Arguments(1.4, 20, true, true, 2, 30, nameof(ArrangementStep.UseLatency))]
    [Arguments(0, 0, true, true, 0.5, 30, nameof(ArrangementStep.Stay))]
    public async Task Step_FollowsFromTheLoad(
        double inFlight, double rate, bool isMade, bool serves, double seconds, double before, string expected)
    {
        ArrangementFacts facts = Facts(inFlight, rate) with
        {
            IsMade = isMade, Serves = serves, Settled = TimeSpan.FromSeconds(seconds), LatencyRate = before,
        };
        await Assert.That(ArrangementRule.Decide(facts).ToString()).IsEqualTo(expected);
    }

    [Test]
    public async Task Refusal_HoldsForAWhile_AndForAsManyCalls()
    {
        ArrangementFacts facts = Facts(4, 30) with { IsMade = true, Refused = 4, SinceRefusal = TimeSpan.FromSeconds(10) };
        await Assert.That(ArrangementRule.Decide(facts)).IsEqualTo(ArrangementStep.Stay);
        await Assert.That(ArrangementRule.Decide(facts with { InFlight = 8 })).IsEqualTo(ArrangementStep.UseThroughput);
        await Assert.That(ArrangementRule.Decide(facts with { SinceRefusal = ArrangementRule.RefusalHolds }))
            .IsEqualTo(ArrangementStep.UseThroughput);
    }

    [Test]
    public async Task FormThatIsNotUsed_IsFreed()
    {
        ArrangementFacts facts = Facts(1, 30) with { IsMade = true, SinceBusy = ArrangementRule.Kept };
        await Assert.That(ArrangementRule.Decide(facts)).IsEqualTo(ArrangementStep.Free);
        await Assert.That(ArrangementRule.Decide(facts with { SinceBusy = TimeSpan.FromMinutes(1) })).IsEqualTo(ArrangementStep.Stay);
        await Assert.That(ArrangementRule.Decide(facts with { InFlight = 5 })).IsEqualTo(ArrangementStep.UseThroughput);
    }

    // Callers that call again when they have their answer, on a machine whose forms are so fast; then which form serves, and how often it
    // changed. The first form computes one call in 10 ms; the other one 16 at a time, each in so many milliseconds.
    [Test]
    [Arguments("1x60", 40, false, 0)]
    [Arguments("32x60", 40, true, 1)]
    [Arguments("2x60", 40, false, 2)]
    [Arguments("2x60", 15, true, 1)]
    [Arguments("32x30 1x30", 40, false, 2)]
    [Arguments("1x10 32x10 1x10 32x10", 40, true, 3)]
    [Arguments("32x60", 170, false, 2)]
    public async Task SimulatedLoad_IsServedByTheFasterForm(string phases, double milliseconds, bool serves, int changes)
    {
        TimeSpan window = TimeSpan.FromMilliseconds(250);
        TimeSpan now = default;
        TimeSpan settled = default;
        TimeSpan refusedAt = default;
        ArrangementFacts state = Facts(0, 0);
        int changed = 0;
        foreach (string phase in phases.Split(' '))
        {
            string[] parts = phase.Split('x');
            int callers = int.Parse(parts[0]);
            TimeSpan end = now + TimeSpan.FromSeconds(int.Parse(parts[1]));
            for (; now < end; now += window)
            {
                double rate = state.Serves ? Math.Min(callers, 16) * 1000 / milliseconds : 100;
                state = state with { InFlight = callers * 0.97, Rate = rate, Settled = now - settled, SinceRefusal = now - refusedAt };
                ArrangementStep step = ArrangementRule.Decide(state);
                if (!state.Serves && state.IsBusy)
                {
                    state = state with { LatencyRate = rate };
                }

                state = step switch
                {
                    ArrangementStep.Make => state with { IsMade = true },
                    ArrangementStep.UseThroughput => state with { Serves = true },
                    ArrangementStep.UseLatency => state with { Serves = false },
                    ArrangementStep.Refuse => state with { Serves = false, Refused = state.InFlight },
                    _ => state,
                };
                refusedAt = step == ArrangementStep.Refuse ? now : refusedAt;
                if (step is ArrangementStep.UseThroughput or ArrangementStep.UseLatency or ArrangementStep.Refuse)
                {
                    settled = now;
                    changed++;
                }
            }
        }

        await Assert.That((state.Serves, changed)).IsEqualTo((serves, changes));
    }

    private static ArrangementFacts Facts(double inFlight, double rate) => new(
        inFlight, rate, Streams: 1, IsMade: false, Serves: false, Settled: TimeSpan.FromSeconds(99), LatencyRate: 0, Refused: 0,
        SinceRefusal: TimeSpan.FromDays(1), SinceBusy: TimeSpan.Zero);
}
