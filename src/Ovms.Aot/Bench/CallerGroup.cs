using System.Diagnostics;
using Ovms.Bench.Measuring;

namespace Ovms.Bench;

/// <summary>Callers of one path that call at the same time. Owns them.</summary>
internal sealed class CallerGroup : IDisposable
{
    // A call that takes longer than this does not end.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private readonly BenchCaller[] _callers;
    private readonly BenchWay _way;

    private CallerGroup(BenchWay way, BenchCaller[] callers) => (_way, _callers) = (way, callers);

    /// <summary>Makes the callers.</summary>
    /// <param name="way">The path.</param>
    /// <param name="count">Number of callers.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="IOException">One of them cannot connect.</exception>
    public static async Task<CallerGroup> ConnectAsync(BenchWay way, int count, CancellationToken cancellation)
    {
        Task<BenchCaller>[] connecting = [.. Enumerable.Range(0, count).Select(_ => way.ConnectAsync())];
        try
        {
            return new CallerGroup(way, await Bounded(Task.WhenAll(connecting), TimeSpan.Zero, cancellation).ConfigureAwait(false));
        }
        catch
        {
            foreach (Task<BenchCaller> one in connecting)
            {
                _ = one.ContinueWith(
                    static late => late.Result.Dispose(),
                    CancellationToken.None,
                    TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously,
                    TaskScheduler.Default);
            }

            throw;
        }
    }

    /// <summary>Calls for a while; each caller calls again as soon as it has its answer.</summary>
    /// <param name="latency">Receives the durations.</param>
    /// <param name="duration">How long.</param>
    /// <param name="cancellation">Ends it between two calls; callers that wait for a server are left.</param>
    /// <returns>How long it took.</returns>
    /// <exception cref="IOException">A call had no answer, or it was an error.</exception>
    public async Task<TimeSpan> CallAsync(LatencyHistogram latency, TimeSpan duration, CancellationToken cancellation)
    {
        long started = Stopwatch.GetTimestamp();
        Task<LatencyHistogram>[] running =
        [
            .. _callers.Select(caller => Task.Run(() => CallUntilAsync(caller, started, duration, cancellation), CancellationToken.None)),
        ];

        // The engine's own callers hold its infer requests, which cannot be left while they compute.
        Task<LatencyHistogram[]> all = Task.WhenAll(running);
        Task<LatencyHistogram[]> awaited = _way.IsRaw ? all : Bounded(FirstFailure(running, all), duration, cancellation);
        LatencyHistogram[] measured = await awaited.ConfigureAwait(false);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
        foreach (LatencyHistogram one in measured)
        {
            latency.Add(one);
        }

        return elapsed;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (BenchCaller caller in _callers)
        {
            caller.Dispose();
        }
    }

    // One caller's failure ends the measurement at once: the others may wait for answers that never come.
    private static async Task<LatencyHistogram[]> FirstFailure(Task<LatencyHistogram>[] running, Task<LatencyHistogram[]> all)
    {
        await foreach (Task<LatencyHistogram> one in Task.WhenEach(running).ConfigureAwait(false))
        {
            await one.ConfigureAwait(false);
        }

        return await all.ConfigureAwait(false);
    }

    private static async Task<T> Bounded<T>(Task<T> work, TimeSpan duration, CancellationToken cancellation)
    {
        try
        {
            return await work.WaitAsync(duration + s_patience, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new IOException($"The measured server does not answer within {s_patience.TotalSeconds:0} s.");
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
