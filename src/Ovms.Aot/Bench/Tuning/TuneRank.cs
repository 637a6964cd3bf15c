namespace Ovms.Bench.Tuning;

/// <summary>Orders results, and chooses the one to recommend. Pure.</summary>
/// <param name="bound">The longest p99 that is wanted; zero for any.</param>
internal sealed class TuneRank(TimeSpan bound)
{
    // Arrangements whose figures differ by less than this are alike: then the one with fewer settings is better.
    private const double Alike = 0.98;

    /// <summary>Whether the latency stays within the bound with every number of callers.</summary>
    public bool Holds(TuneResult result) => bound == TimeSpan.Zero || result.Slowest <= bound;

    /// <summary>
    /// The measured results, best first: within the bound before beyond it; what was measured more often before what was left out earlier;
    /// then more calls a second. Beyond the bound the nearest comes first.
    /// </summary>
    public IReadOnlyList<TuneResult> Order(IEnumerable<TuneResult> results) =>
    [
        .. results.Where(static result => result.IsMeasured)
            .OrderByDescending(Holds)
            .ThenByDescending(result => Holds(result) ? result.Turns : 0)
            .ThenBy(result => Holds(result) ? TimeSpan.Zero : result.Slowest)
            .ThenByDescending(static result => result.Score),
    ];

    /// <summary>The result to recommend; null if none stays within the bound.</summary>
    public TuneResult? Best(IEnumerable<TuneResult> results)
    {
        IReadOnlyList<TuneResult> ordered = Order(results);
        return ordered.Count == 0 || !Holds(ordered[0])
            ? null
            : ordered.TakeWhile(result => Holds(result) && result.Turns == ordered[0].Turns && result.Score >= ordered[0].Score * Alike)
                .MinBy(static result => result.Arrangement.Count);
    }
}
