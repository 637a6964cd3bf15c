namespace Ovms.Serving.Adaptive;

/// <summary>
/// Chooses a model's arrangement. The first form computes one call as fast as the machine can. If calls wait for it, the throughput form
/// is compiled, tried, and kept as long as it answers more calls a second. Pure.
/// </summary>
internal static class ArrangementRule
{
    /// <summary>Fewer calls in flight than this are those of a single caller, who gets the first form.</summary>
    public const double Alone = 1.5;

    /// <summary>How much faster the throughput form must be to stay.</summary>
    public const double Gain = 1.03;

    /// <summary>How long an arrangement is kept before it is judged.</summary>
    public static readonly TimeSpan Trial = TimeSpan.FromSeconds(1);

    /// <summary>How long the throughput form is not tried again after it was no faster, with as many calls.</summary>
    public static readonly TimeSpan RefusalHolds = TimeSpan.FromMinutes(2);

    /// <summary>How long the throughput form is kept without being used.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromMinutes(5);

    /// <summary>With this many times the calls in flight of a refusal, it does not hold.</summary>
    public const double MoreCalls = 1.5;

    /// <summary>Decides the next step.</summary>
    public static ArrangementStep Decide(in ArrangementFacts facts)
    {
        if (!facts.Serves)
        {
            return facts.IsBusy && !IsRefused(facts) ? facts.IsMade ? ArrangementStep.UseThroughput : ArrangementStep.Make
                : facts.IsMade && facts.SinceBusy >= Kept ? ArrangementStep.Free
                : ArrangementStep.Stay;
        }

        return facts.Settled < Trial ? ArrangementStep.Stay
            : facts.InFlight < Alone ? ArrangementStep.UseLatency
            : facts.IsBusy && facts.Rate < facts.LatencyRate * Gain ? ArrangementStep.Refuse
            : ArrangementStep.Stay;
    }

    private static bool IsRefused(in ArrangementFacts facts) =>
        facts.Refused > 0 && facts.SinceRefusal < RefusalHolds && facts.InFlight < facts.Refused * MoreCalls;
}
