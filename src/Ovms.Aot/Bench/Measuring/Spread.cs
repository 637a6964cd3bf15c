using System.Globalization;

namespace Ovms.Bench.Measuring;

/// <summary>How much the rounds of a measurement differ.</summary>
internal static class Spread
{
    /// <summary>The spread from which a warning is given.</summary>
    public const double Limit = 0.15;

    /// <summary>The difference of the greatest and the least round, as a share of the median.</summary>
    public static double Of(IReadOnlyCollection<double> rounds)
    {
        double median = rounds.Count == 0 ? 0 : rounds.Order().ElementAt(rounds.Count / 2);
        return median > 0 ? (rounds.Max() - rounds.Min()) / median : 0;
    }

    /// <summary>The warnings of a report: one for all rows whose rounds differ by more than <see cref="Limit"/>.</summary>
    /// <param name="rows">What was measured, and the rates of its rounds.</param>
    public static IReadOnlyList<string> Warnings(IEnumerable<(string What, IReadOnlyCollection<double> Rounds)> rows)
    {
        (string What, double Spread)[] wide =
            [.. rows.Select(static row => (row.What, Spread: Of(row.Rounds))).Where(static row => row.Spread > Limit)];
        string list = string.Join(", ", wide.Select(static row => $"{row.What} {Percent(row.Spread)}"));
        return wide.Length == 0
            ? []
            :
            [
                $"the rounds differ by more than {Percent(Limit)}: {list}. "
                    + "Something else uses the machine, or the rounds are short: compare on a quiet machine, with a longer --duration.",
            ];
    }

    private static string Percent(double share) => (share * 100).ToString("0", CultureInfo.InvariantCulture) + " %";
}
