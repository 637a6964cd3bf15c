using System.Globalization;
using Ovms.Bench.Measuring;

namespace Ovms.Bench;

/// <summary>What the figures mean, in a sentence or two. Pure.</summary>
internal static class BenchVerdict
{
    // A share from which on the model decides, and one that only a disturbed measurement exceeds.
    private const double Reached = 0.97;
    private const double Impossible = 1.03;

    // From this share of all CPUs on they count as busy.
    private const double Busy = 0.9;

    // A path that reaches less than this of the best one is mentioned.
    private const double Behind = 0.8;

    /// <summary>Judges the best path with the most callers.</summary>
    /// <param name="rows">All results.</param>
    /// <param name="processors">CPUs of this machine.</param>
    public static string Of(IReadOnlyList<BenchRow> rows, int processors)
    {
        int callers = rows.Max(static row => row.Concurrency);
        BenchRow[] served =
        [
            .. rows.Where(row => row.Concurrency == callers && !row.IsRaw).OrderByDescending(static row => row.CallsPerSecond),
        ];
        BenchRow best = served[0];
        BenchRow? raw = rows.FirstOrDefault(row => row.Concurrency == callers && row.IsRaw);
        string first = raw is { CallsPerSecond: > 0 } ? BesideEngine(best, raw, processors) : Alone(rows, best);
        BenchRow last = served[^1];
        return last.CallsPerSecond < best.CallsPerSecond * Behind
            ? $"{first} {last.Way} reaches {Percent(last.CallsPerSecond / best.CallsPerSecond)} of {best.Way}."
            : first;
    }

    private static string BesideEngine(BenchRow best, BenchRow raw, int processors)
    {
        double share = RoundRatio.Of(best.RatesInRounds, raw.RatesInRounds);
        string head = $"With {Callers(best)}, {best.Way} reaches {Percent(share)} of the engine alone";
        if (share > Impossible)
        {
            return $"{head}: the engine was disturbed while it was measured, or its settings here are not those of the server.";
        }

        if (share >= Reached)
        {
            return $"{head}: the model is the limit, not the server.";
        }

        if (best.ProcessorTime is not { } server)
        {
            return $"{head}; what limits the server cannot be seen from here.";
        }

        double used = (server + best.OwnTime) / best.Elapsed;
        double computing = raw.OwnTime / raw.Elapsed * share;
        if (used >= Busy * processors)
        {
            double other = Math.Max(used - computing, 0);
            return $"{head}: all {processors} CPUs are busy, and {Number(other)} of them with callers and transport instead of the model.";
        }

        return best.Concurrency == 1
            ? $"{head}: the engine is idle for the {Microseconds(best, raw)} us that a request and its answer are on their way; "
                + "more callers fill them."
            : $"{head}: server and callers use {Number(used)} of {processors} CPUs, because calls wait on their way; "
                + "more callers may reach more.";
    }

    private static string Alone(IReadOnlyList<BenchRow> rows, BenchRow best)
    {
        BenchRow[] same = [.. rows.Where(row => row.Way == best.Way).OrderBy(static row => row.Concurrency)];
        double most = same.Max(static row => row.CallsPerSecond);
        BenchRow enough = same.First(row => row.CallsPerSecond >= most * Reached);
        string rate = $"{best.Way} answers {Number(best.CallsPerSecond)} calls a second with {Callers(best)}";
        return same.Length == 1 ? $"{rate}; give --model_path to measure the engine beside it."
            : enough.Concurrency < best.Concurrency
                ? $"{rate}, and {Number(enough.CallsPerSecond)} with {Callers(enough)}: more callers only wait longer."
            : $"{rate}, more than with fewer callers: the server is not at its limit yet.";
    }

    private static string Callers(BenchRow row) => row.Concurrency == 1 ? "1 caller" : $"{row.Concurrency} callers";

    private static string Microseconds(BenchRow row, BenchRow raw) =>
        Math.Max((row.Latency.Quantile(0.5) - raw.Latency.Quantile(0.5)).TotalMicroseconds, 0).ToString("0", CultureInfo.InvariantCulture);

    private static string Percent(double share) => $"{Number(share * 100)} %";

    private static string Number(double value) => value.ToString(value < 100 ? "0.0" : "0", CultureInfo.InvariantCulture);
}
