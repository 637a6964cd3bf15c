using Ovms.Language.Sampling;

namespace Ovms.Tests.Language.Sampling;

/// <summary>The probabilities that rules give to the tokens of a row, computed plainly: in double precision, by sorting all.</summary>
internal static class ExactSampling
{
    /// <summary>The probability of each token after temperature, top_k, min_p and top_p.</summary>
    public static double[] Probabilities(float[] row, SamplingRules rules)
    {
        var result = new double[row.Length];
        int[] order = [.. Rows.Sorted(row).Where(i => !float.IsNegativeInfinity(row[i]))];
        if (rules.Temperature == 0)
        {
            result[order[0]] = 1;
            return result;
        }

        if (rules.TopK > 0)
            order = [.. order.Take(rules.TopK)];
        double[] weights = [.. order.Select(i => Math.Exp(((double)row[i] - row[order[0]]) / rules.Temperature))];
        double total = weights.Sum();
        double before = 0;
        double kept = 0;
        for (int i = 0; i < order.Length; i++)
        {
            // Cumulative sums of all that top_k left; the first token is kept always.
            if ((weights[i] < rules.MinP || (rules.TopP < 1 && before / total > rules.TopP)) && i > 0)
                break;
            before += weights[i];
            kept += weights[i];
            result[order[i]] = weights[i];
        }

        return [.. result.Select(weight => weight / kept)];
    }

    /// <summary>
    /// How far counts are from probabilities: chi-squared, as a number of standard deviations of the normal distribution (Wilson and
    /// Hilferty). Tokens that are expected fewer than 10 times count as one.
    /// </summary>
    public static double Deviation(int[] counts, double[] probabilities)
    {
        double draws = counts.Sum();
        double statistic = 0;
        int cells = 0;
        double rareExpected = 0;
        double rareCount = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            double expected = probabilities[i] * draws;
            if (expected < 10)
            {
                rareExpected += expected;
                rareCount += counts[i];
                continue;
            }

            statistic += (counts[i] - expected) * (counts[i] - expected) / expected;
            cells++;
        }

        if (rareExpected >= 10)
        {
            statistic += (rareCount - rareExpected) * (rareCount - rareExpected) / rareExpected;
            cells++;
        }

        double degrees = cells - 1;
        if (degrees == 0)
            return 0;
        double spread = 2 / (9 * degrees);
        return (Math.Cbrt(statistic / degrees) - (1 - spread)) / Math.Sqrt(spread);
    }
}
