namespace Ovms.Bench.Measuring;

/// <summary>Compares two paths that were measured in the same rounds.</summary>
internal static class RoundRatio
{
    /// <summary>
    /// The median of the rounds' ratios. If one turn of the engine is disturbed, the ratio of the sums would say that the server is faster
    /// than the engine; the median does not change.
    /// </summary>
    /// <param name="rates">The rates of a path.</param>
    /// <param name="others">Those of the path that it is compared with, in the same order.</param>
    /// <returns>Zero if there are no rounds.</returns>
    public static double Of(IReadOnlyList<double> rates, IReadOnlyList<double> others)
    {
        double[] ratios =
        [
            .. rates.Zip(others).Where(static pair => pair.Second > 0).Select(static pair => pair.First / pair.Second).Order(),
        ];
        return ratios.Length == 0 ? 0 : ratios[ratios.Length / 2];
    }
}
