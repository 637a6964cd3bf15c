namespace Ovms.Bench.Tuning;

/// <summary>Measures an arrangement once.</summary>
/// <param name="arrangement">The arrangement.</param>
/// <param name="turn">How long it is measured with each number of callers.</param>
/// <param name="cancellation">Ends the turn without figures.</param>
internal delegate Task<TuneTurn> MeasureArrangement(Arrangement arrangement, TimeSpan turn, CancellationToken cancellation);

/// <summary>
/// Looks for the best arrangement by successive halving: all are measured shortly, the better half of them twice as long, and so on, until
/// two are left and the time is used where it decides. Ends when the budget does, whatever is being measured then.
/// </summary>
/// <param name="measure">Measures.</param>
/// <param name="rank">Orders results.</param>
/// <param name="loads">How many numbers of callers a turn measures.</param>
/// <param name="budget">How long the search may take.</param>
/// <param name="clock">The clock.</param>
internal sealed class TuneSearch(MeasureArrangement measure, TuneRank rank, int loads, TimeSpan budget, TimeProvider clock)
{
    // The first look at all arrangements leaves the rest of the time to the better ones.
    private const double ShareOfFirstLook = 0.6;

    // So many are compared in the end.
    private const int Finalists = 2;

    /// <summary>The time of calls before those that are measured, as a share of the turn.</summary>
    public const double WarmUpShare = 0.25;

    private static readonly TimeSpan s_least = TimeSpan.FromSeconds(0.3);
    private static readonly TimeSpan s_most = TimeSpan.FromSeconds(3);
    private readonly long _started = clock.GetTimestamp();
    private readonly List<TuneResult> _results = [];

    /// <summary>What was measured and what was not, in the order in which it was tried.</summary>
    public IReadOnlyList<TuneResult> Results => _results;

    /// <summary>Time since the beginning.</summary>
    public TimeSpan Elapsed => clock.GetElapsedTime(_started);

    private TimeSpan Left => budget - Elapsed;

    /// <summary>Searches.</summary>
    /// <param name="first">The arrangement to begin with. If it cannot be measured, nothing else is.</param>
    /// <param name="others">Returns the others, the most promising ones first; called when the first one was measured.</param>
    /// <param name="stop">Ends the search. What was measured stays.</param>
    public async Task RunAsync(Arrangement first, Func<IReadOnlyList<Arrangement>> others, CancellationToken stop)
    {
        using CancellationTokenSource over = new(budget, clock);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(over.Token, stop);
        _results.Add(new TuneResult(first));
        try
        {
            await MeasureAsync(_results[0], Turn(s_most, Left / 10, TimeSpan.Zero), end.Token).ConfigureAwait(false);
            if (!_results[0].IsMeasured)
            {
                return;
            }

            _results.AddRange(others().Select(static arrangement => new TuneResult(arrangement)));
            await HalveAsync(end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The time is over, or somebody stopped it: the figures so far are the result.
        }
    }

    private async Task HalveAsync(CancellationToken cancellation)
    {
        // Every halving takes as long as the first look: half as many are measured, twice as long.
        TimeSpan start = _results[0].Start;
        TimeSpan turn = Turn(s_most, Left / (_results.Count * (Halvings(_results.Count) + 1)), start / 2);
        foreach (TuneResult result in _results.Skip(1))
        {
            if (Elapsed > budget * ShareOfFirstLook && _results.Count(static one => one.IsMeasured) > 1)
            {
                break;
            }

            await MeasureAsync(result, turn, cancellation).ConfigureAwait(false);
        }

        IReadOnlyList<TuneResult> field = rank.Order(_results);
        for (int left = Halvings(field.Count); left > 0; left--)
        {
            field = [.. field.Take(Math.Max((field.Count + 1) / 2, Finalists))];
            turn = Turn(turn * 2, Left / (field.Count * left), start);
            foreach (TuneResult result in field)
            {
                await MeasureAsync(result, turn, cancellation).ConfigureAwait(false);
            }

            field = rank.Order(field);
        }
    }

    // How often a field is halved until the last comparison, that of the finalists.
    private static int Halvings(int count)
    {
        int halvings = 0;
        for (; count > 1; count = count <= Finalists ? 1 : (count + 1) / 2)
        {
            halvings++;
        }

        return halvings;
    }

    // How long one number of callers is measured if the whole turn, with the start of the server, may take so long.
    private TimeSpan Turn(TimeSpan most, TimeSpan whole, TimeSpan start)
    {
        TimeSpan each = (whole - start) / loads / (1 + WarmUpShare);
        return each < s_least ? s_least : each > most ? most : each;
    }

    private async Task MeasureAsync(TuneResult result, TimeSpan turn, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        result.Add(await measure(result.Arrangement, turn, cancellation).ConfigureAwait(false));
    }
}
