using System.Collections.Immutable;
using System.Diagnostics;
using Ovms.Bench.Measuring;
using Ovms.Options;
using Ovms.Serving.Preparation;
using Ovms.Serving.Signatures;
using Ovms.Status;

namespace Ovms.Bench.Tuning;

/// <summary>Measures arrangements on the real server: each turn in a child process of its own, over gRPC.</summary>
/// <param name="name">The model's name.</param>
/// <param name="given">The model's options as given.</param>
/// <param name="batch">The value of --batch_size.</param>
/// <param name="arguments">The arguments for the server that do not depend on the arrangement.</param>
/// <param name="concurrency">The load: numbers of callers.</param>
internal sealed class ServedArrangements(
    string name, ModelOptions given, BatchSizeSetting batch, ImmutableArray<string> arguments, ImmutableArray<int> concurrency)
    : IDisposable
{
    // A server that follows the load compiles the model once more and tries the second form for a second before it keeps it.
    private static readonly TimeSpan s_adapting = TimeSpan.FromSeconds(2.5);
    private static readonly TimeSpan s_mostAdapting = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_signal = TimeSpan.FromMilliseconds(200);
    private BenchInput? _input;

    /// <summary>The model's inputs as the first server described them; empty before.</summary>
    public ImmutableArray<RunningInput> Inputs { get; private set; } = [];

    /// <summary>Names and shapes of the request.</summary>
    public string Description => _input?.Description ?? "";

    /// <summary>Starts the server with an arrangement and calls it with each number of callers.</summary>
    public async Task<TuneTurn> MeasureAsync(Arrangement arrangement, TimeSpan turn, CancellationToken cancellation)
    {
        long begun = Stopwatch.GetTimestamp();
        IEnumerable<string> set =
            arrangement.Options(given.PluginConfig).SelectMany(static option => (string[])[$"--{option.Key}", option.Value]);
        Outcome<BenchServer> started =
            await BenchServer.StartAsync([.. arguments, .. set], cancellation, arrangement.IsAdaptive).ConfigureAwait(false);
        TimeSpan start = Stopwatch.GetElapsedTime(begun);
        if (!started.IsOk)
        {
            return await FailedAsync(start, started.Detail!, cancellation).ConfigureAwait(false);
        }

        using BenchServer server = started.Value;
        try
        {
            Outcome ready = _input is null ? await DescribeAsync(server, cancellation).ConfigureAwait(false) : Outcome.Ok;
            if (!ready.IsOk)
            {
                return new TuneTurn(start, [], ready.Text);
            }

            BenchWay way = BenchWay.Grpc(ServerAddress.Loopback(server.GrpcPort, ServerFront.Grpc), _input!, name, cost: null);
            List<TuneFigures> figures = [];
            foreach (int callers in concurrency)
            {
                TimeSpan warmUp = turn * TuneSearch.WarmUpShare;
                TimeSpan adapting = (start * 2) + s_adapting;
                warmUp = !arrangement.IsAdaptive || callers == 1 ? warmUp : adapting < s_mostAdapting ? adapting : s_mostAdapting;
                figures.Add(await CallAsync(way, callers, warmUp, turn, cancellation).ConfigureAwait(false));
            }

            cancellation.ThrowIfCancellationRequested();
            return new TuneTurn(start, figures);
        }
        catch (IOException failure)
        {
            return await FailedAsync(start, failure.Message, cancellation).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _input?.Dispose();

    // Ctrl+C reaches the server too, and its end may be noticed before the signal.
    private static async Task<TuneTurn> FailedAsync(TimeSpan start, string why, CancellationToken cancellation)
    {
        await Task.Delay(s_signal, cancellation).ConfigureAwait(false);
        return new TuneTurn(start, [], why);
    }

    private static async Task<TuneFigures> CallAsync(
        BenchWay way, int callers, TimeSpan warmUp, TimeSpan turn, CancellationToken cancellation)
    {
        using CallerGroup group = await CallerGroup.ConnectAsync(way, callers, cancellation).ConfigureAwait(false);
        await group.CallAsync(new LatencyHistogram(), warmUp, cancellation).ConfigureAwait(false);
        TuneFigures figures = new(callers);
        figures.Elapsed = await group.CallAsync(figures.Latency, turn, cancellation).ConfigureAwait(false);
        return figures;
    }

    private async Task<Outcome> DescribeAsync(BenchServer server, CancellationToken cancellation)
    {
        RunningServer running = new(ServerAddress.Loopback(server.RestPort, ServerFront.Rest), name);
        Inputs = (await running.AskAsync(cancellation).ConfigureAwait(false)).Inputs;
        Outcome<Signature> request = RequestShape.Of(Inputs, ShapeText.IsAuto(given.Shape) ? "" : given.Shape, batch);
        if (!request.IsOk)
        {
            return request.WithoutValue;
        }

        _input = new BenchInput(request.Value);
        return Outcome.Ok;
    }
}
