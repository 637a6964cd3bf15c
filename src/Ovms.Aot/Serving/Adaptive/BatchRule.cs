namespace Ovms.Serving.Adaptive;

/// <summary>
/// Decides whether a model's waiting calls are computed together: when calls wait although the form for throughput was tried, and as long
/// as more are answered a second. Pure.
/// </summary>
internal static class BatchRule
{
    /// <summary>
    /// How long it is tried before it is judged, unless it is much slower: the engine prepares itself for each number of rows.
    /// </summary>
    public static readonly TimeSpan Trial = TimeSpan.FromSeconds(3);

    /// <summary>Below this part of what was answered before, it is not tried to the end.</summary>
    public const double MuchSlower = 0.8;

    /// <summary>
    /// How long it serves until it is compared anew: what was measured before may be of a moment when others had the processors.
    /// </summary>
    public static readonly TimeSpan FirstComparison = TimeSpan.FromSeconds(20);

    /// <summary>The same, once it has been found faster again.</summary>
    public static readonly TimeSpan NextComparison = TimeSpan.FromMinutes(5);

    /// <summary>So many failed inferences end it. Their calls were answered, but computed twice.</summary>
    public const int MostFailures = 3;

    /// <summary>Decides the next step. The choice between the other forms is made, as far as now can be told.</summary>
    public static ArrangementStep Decide(in BatchFacts facts)
    {
        if (!facts.Serves)
        {
            return facts.CanBe && facts.IsBusy && facts.RateAlone > 0 && !IsRefused(facts)
                ? facts.IsMade ? ArrangementStep.UseBatches : ArrangementStep.Make
                : facts.IsMade && facts.SinceBusy >= ArrangementRule.Kept ? ArrangementStep.Free
                : ArrangementStep.Stay;
        }

        return facts.Failures >= MostFailures ? ArrangementStep.Refuse
            : facts.Settled < ArrangementRule.Trial ? ArrangementStep.Stay
            : facts.IsQuiet ? ArrangementStep.EndBatches
            : facts.IsBusy && facts.Rate < facts.RateAlone * (facts.Settled < Trial ? MuchSlower : ArrangementRule.Gain)
                ? ArrangementStep.Refuse
            : facts.IsBusy && facts.Settled >= (facts.IsCompared ? NextComparison : FirstComparison) ? ArrangementStep.Compare
            : ArrangementStep.Stay;
    }

    private static bool IsRefused(in BatchFacts facts) =>
        facts.Refused > 0 && facts.SinceRefusal < ArrangementRule.RefusalHolds
        && facts.InFlight < facts.Refused * ArrangementRule.MoreCalls;
}
