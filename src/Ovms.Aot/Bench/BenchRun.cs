using System.Diagnostics;
using System.Threading.Channels;
using Ovms.Bench.Measuring;
using Ovms.Serving.Requests;

namespace Ovms.Bench;

/// <summary>
/// Measures all paths with one number of callers. It takes turns between paths in rounds, so that a disturbance of the machine affects all
/// of them.
/// </summary>
internal sealed class BenchRun(BenchServer server, Channel<InferSlot> slots, BenchInput input, string model)
{
    /// <summary>The engine alone.</summary>
    public const string Raw = "raw";

    /// <summary>The measured gRPC method.</summary>
    public const string InferPath = "/inference.GRPCInferenceService/ModelInfer";
    private const int Rounds = 5;
    private static readonly TimeSpan s_warmUp = TimeSpan.FromMilliseconds(300);

    private readonly byte[] _grpc = input.GrpcMessage(model);
    private readonly (byte[] Body, int JsonLength) _binary = input.RestBinary();
    private readonly byte[]? _json = input.RestJson();

    /// <summary>Measures every path with this number of callers.</summary>
    /// <param name="concurrency">Number of callers.</param>
    /// <param name="duration">How long each path is measured.</param>
    /// <param name="cancellation">Ends the measurement between two calls.</param>
    public async Task<IReadOnlyList<BenchRow>> RunAsync(int concurrency, TimeSpan duration, CancellationToken cancellation)
    {
        List<(BenchRow Row, BenchCaller[] Callers)> ways = [];
        try
        {
            ways.Add((new BenchRow(Raw, concurrency), [.. Callers(() => new RawCaller(slots))]));
            ways.Add((new BenchRow("gRPC", concurrency), await ConnectAllAsync().ConfigureAwait(false)));
            ways.Add((
                new BenchRow("REST binary", concurrency),
                [.. Callers(() => new RestCaller(server.RestPort, RestCaller.Request(model, _binary.Body, _binary.JsonLength)))]));
            if (_json is not null)
            {
                ways.Add((
                    new BenchRow("REST JSON", concurrency),
                    [.. Callers(() => new RestCaller(server.RestPort, RestCaller.Request(model, _json, null)))]));
            }

            foreach ((_, BenchCaller[] callers) in ways)
            {
                await MeasureAsync(callers, new BenchRow("", concurrency), s_warmUp, cancellation).ConfigureAwait(false);
            }

            for (int round = 0; round < Rounds && !cancellation.IsCancellationRequested; round++)
            {
                foreach ((BenchRow row, BenchCaller[] callers) in ways)
                {
                    await MeasureWithCostAsync(callers, row, duration / Rounds, cancellation).ConfigureAwait(false);
                }
            }

            return [.. ways.Select(static way => way.Row)];
        }
        finally
        {
            foreach (BenchCaller caller in ways.SelectMany(static way => way.Callers))
            {
                caller.Dispose();
            }
        }

        Task<BenchCaller[]> ConnectAllAsync() => Task.WhenAll(Enumerable.Range(0, concurrency).Select(async _ =>
            (BenchCaller)await GrpcCaller.ConnectAsync(server.GrpcPort, InferPath, _grpc).ConfigureAwait(false)));

        IEnumerable<BenchCaller> Callers(Func<BenchCaller> make) => Enumerable.Range(0, concurrency).Select(_ => make());
    }

    private async Task MeasureWithCostAsync(BenchCaller[] callers, BenchRow row, TimeSpan duration, CancellationToken cancellation)
    {
        bool isRaw = row.Way == Raw;
        long measured = row.Latency.Count;
        long unread = (await CostAsync(isRaw).ConfigureAwait(false)).Bytes;
        ProcessCost before = await CostAsync(isRaw).ConfigureAwait(false);
        await MeasureAsync(callers, row, duration, cancellation).ConfigureAwait(false);
        ProcessCost after = await CostAsync(isRaw).ConfigureAwait(false);
        row.ProcessorTime += after.Time - before.Time;

        // Reading the counter allocates too: the difference of two consecutive readings is subtracted.
        long allocated = Math.Max(after.Bytes - before.Bytes - (before.Bytes - unread), 0);
        long calls = row.Latency.Count - measured;
        if (calls > 0)
        {
            row.AllocatedInRounds.Add((double)allocated / calls);
        }
    }

    private Task<ProcessCost> CostAsync(bool isRaw) => isRaw ? Task.FromResult(ProcessCost.OfThis()) : server.CostAsync();

    private static async Task MeasureAsync(BenchCaller[] callers, BenchRow row, TimeSpan duration, CancellationToken cancellation)
    {
        long started = Stopwatch.GetTimestamp();
        IEnumerable<Task<LatencyHistogram>> running = callers.Select(caller =>
            Task.Run(() => CallUntilAsync(caller, started, duration, cancellation), CancellationToken.None));
        LatencyHistogram[] measured = await Task.WhenAll(running).ConfigureAwait(false);
        row.Elapsed += Stopwatch.GetElapsedTime(started);
        foreach (LatencyHistogram one in measured)
        {
            row.Latency.Add(one);
        }
    }

    private static async Task<LatencyHistogram> CallUntilAsync(
        BenchCaller caller, long started, TimeSpan duration, CancellationToken cancellation)
    {
        LatencyHistogram latency = new();
        long now = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started, now) < duration && !cancellation.IsCancellationRequested)
        {
            long begun = now;
            await caller.CallAsync().ConfigureAwait(false);
            now = Stopwatch.GetTimestamp();
            latency.Add(Stopwatch.GetElapsedTime(begun, now));
        }

        return latency;
    }
}
