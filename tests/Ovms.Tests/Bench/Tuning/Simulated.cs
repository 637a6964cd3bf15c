using Ovms.Bench.Tuning;

namespace Ovms.Tests.Bench.Tuning;

/// <summary>Makes figures without measuring.</summary>
internal static class Simulated
{
    /// <summary>A turn with so many calls a second of such a duration, with each number of callers.</summary>
    public static TuneTurn Turn(TimeSpan turn, double milliseconds, params double[] rates) => new(
        TimeSpan.FromSeconds(1),
        [
            .. rates.Select((rate, i) =>
            {
                TuneFigures figures = new(i + 1) { Elapsed = turn };
                for (int call = 0; call < rate * turn.TotalSeconds; call++)
                    figures.Latency.Add(TimeSpan.FromMilliseconds(milliseconds));
                return figures;
            }),
        ]);

    /// <summary>The result of one turn of a second.</summary>
    public static TuneResult Result(Arrangement arrangement, double milliseconds, params double[] rates)
    {
        TuneResult result = new(arrangement);
        result.Add(Turn(TimeSpan.FromSeconds(1), milliseconds, rates));
        return result;
    }

    /// <summary>An arrangement for each number.</summary>
    public static Arrangement[] Arrangements(int count) => [.. Enumerable.Range(1, count).Select(static number => new Arrangement(Nireq: number))];
}
