using System.Collections.Immutable;
using Ovms.Bench.Measuring;

namespace Ovms.Bench;

/// <summary>
/// Measures all paths with one number of callers. It takes turns between paths in rounds, so that a disturbance of the machine affects all
/// of them.
/// </summary>
internal sealed class BenchRun(IReadOnlyList<BenchWay> ways)
{
    private const int Rounds = 5;
    private static readonly TimeSpan s_warmUp = TimeSpan.FromMilliseconds(300);

    /// <summary>Measures every path with each number of callers.</summary>
    /// <param name="concurrency">Numbers of callers.</param>
    /// <param name="duration">How long each path is measured with each of them.</param>
    /// <param name="cancellation">Ends the measurement.</param>
    public async Task<IReadOnlyList<BenchRow>> RunAsync(
        ImmutableArray<int> concurrency, TimeSpan duration, CancellationToken cancellation)
    {
        List<BenchRow> rows = [];
        foreach (int callers in concurrency)
        {
            rows.AddRange(await RunAsync(callers, duration, cancellation).ConfigureAwait(false));
        }

        cancellation.ThrowIfCancellationRequested();
        return rows;
    }

    private async Task<IReadOnlyList<BenchRow>> RunAsync(int concurrency, TimeSpan duration, CancellationToken cancellation)
    {
        List<(BenchWay Way, BenchRow Row, CallerGroup Callers)> measured = [];
        try
        {
            foreach (BenchWay way in ways)
            {
                CallerGroup callers = await CallerGroup.ConnectAsync(way, concurrency, cancellation).ConfigureAwait(false);
                measured.Add((way, new BenchRow(way.Name, concurrency), callers));
            }

            foreach ((_, _, CallerGroup callers) in measured)
            {
                await callers.CallAsync(new LatencyHistogram(), s_warmUp, cancellation).ConfigureAwait(false);
            }

            for (int round = 0; round < Rounds && !cancellation.IsCancellationRequested; round++)
            {
                // Each round begins with another path: none is always measured after the same one.
                for (int i = 0; i < measured.Count; i++)
                {
                    (BenchWay way, BenchRow row, CallerGroup callers) = measured[(i + round) % measured.Count];
                    await MeasureAsync(way, row, callers, duration / Rounds, cancellation).ConfigureAwait(false);
                }
            }

            return [.. measured.Select(static one => one.Row)];
        }
        finally
        {
            foreach ((_, _, CallerGroup callers) in measured)
            {
                callers.Dispose();
            }
        }
    }

    private static async Task MeasureAsync(
        BenchWay way, BenchRow row, CallerGroup callers, TimeSpan duration, CancellationToken cancellation)
    {
        long measured = row.Latency.Count;
        long unread = (await CostAsync(way).ConfigureAwait(false)).Bytes;
        ProcessCost before = await CostAsync(way).ConfigureAwait(false);
        TimeSpan own = ProcessCost.OfThis().Time;
        TimeSpan elapsed = await callers.CallAsync(row.Latency, duration, cancellation).ConfigureAwait(false);
        row.OwnTime += ProcessCost.OfThis().Time - own;
        ProcessCost after = await CostAsync(way).ConfigureAwait(false);
        long calls = row.Latency.Count - measured;
        row.Elapsed += elapsed;
        row.RatesInRounds.Add(calls / elapsed.TotalSeconds);
        if (way.CostAsync is null)
        {
            return;
        }

        row.ProcessorTime = (row.ProcessorTime ?? TimeSpan.Zero) + after.Time - before.Time;

        // Reading the counter allocates too: the difference of two consecutive readings is subtracted.
        long allocated = Math.Max(after.Bytes - before.Bytes - (before.Bytes - unread), 0);
        if (calls > 0)
        {
            row.AllocatedInRounds.Add((double)allocated / calls);
        }
    }

    private static Task<ProcessCost> CostAsync(BenchWay way) => way.CostAsync?.Invoke() ?? Task.FromResult(default(ProcessCost));
}
