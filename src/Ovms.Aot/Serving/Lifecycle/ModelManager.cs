using System.Threading.Channels;
using Ovms.Status;

namespace Ovms.Serving.Lifecycle;

/// <summary>
/// Keeps what is served at what is configured. One loop takes all that happens (the timer, requests, ends of looks, loads and calls) one
/// after the other and lets the <see cref="Reconciler"/> act on it; it never blocks, and nothing else writes the table.
/// </summary>
internal sealed class ModelManager
{
    // Requests that wait for the same look cost little, but nothing is without a bound.
    private const int MostPending = 256;

    private readonly Channel<Signal> _signals = Channel.CreateUnbounded<Signal>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Reconciler _reconciler;
    private readonly ITimer _timer;
    private readonly Task _loop;
    private int _pending;

    /// <summary>Starts the loop; it looks for the first time when a reload is asked for.</summary>
    /// <param name="registry">Where tables are published.</param>
    /// <param name="reader">What ought to be.</param>
    /// <param name="load">How a version is made.</param>
    /// <param name="poll">How long from one look to the next; zero for looks only when asked.</param>
    /// <param name="clock">The time.</param>
    /// <param name="log">Where every step is told.</param>
    public ModelManager(ServableRegistry registry, DesiredReader reader, LoadVersion load, TimeSpan poll, TimeProvider clock, ILogger log)
    {
        ChannelWriter<Signal> signals = _signals.Writer;
        _reconciler = new Reconciler(registry, reader, load, poll, clock, signal => signals.TryWrite(signal), log);
        _timer = clock.CreateTimer(_ => signals.TryWrite(Signal.Woken.Instance), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _loop = Task.Run(RunAsync);
        registry.ReloadBy(ReloadAsync);
    }

    /// <summary>Makes models known before anything of them is loaded, so that callers who come early are told to wait and not that they are unknown.</summary>
    public static void Announce(ServableRegistry registry, IEnumerable<string> names) => registry.Publish(new ServableTable(names.Select(static name => new ModelEntry(name, []))));

    /// <summary>
    /// Looks at once, takes files for complete and tries again what failed; ends when all that follows is done. Requests that come
    /// before the look begins share it.
    /// </summary>
    /// <returns>How it ended, or: too many wait, the server stops.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up waiting; the reload goes on.</exception>
    public async Task<Outcome<ReloadResult>> ReloadAsync(CancellationToken cancellation)
    {
        try
        {
            if (Interlocked.Increment(ref _pending) > MostPending)
            {
                return Outcome.Fail(StatusCode.QueueFull, $"{MostPending} requests wait for a reload already.");
            }

            PendingReload reload = new();
            return _signals.Writer.TryWrite(new Signal.Asked(reload))
                ? await reload.Ended.WaitAsync(cancellation).ConfigureAwait(false)
                : Outcome.Fail(StatusCode.ServerShuttingDown);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Outcome.Fail(StatusCode.ServerShuttingDown);
        }
        finally
        {
            Interlocked.Decrement(ref _pending);
        }
    }

    /// <summary>Begins nothing more, lets everything go, and waits until loads and calls under way have ended.</summary>
    /// <param name="limit">How long to wait.</param>
    public async Task<StopResult> StopAsync(TimeSpan limit)
    {
        _signals.Writer.TryWrite(Signal.Stop.Instance);
        try
        {
            await _loop.WaitAsync(limit).ConfigureAwait(false);
            return StopResult.Clean;
        }
        catch (TimeoutException)
        {
            return _reconciler.IsLoading ? StopResult.LoadsLeft : StopResult.CallsLeft;
        }
    }

    private async Task RunAsync()
    {
        await foreach (Signal signal in _signals.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            _reconciler.Take(signal);
            if (_reconciler.IsOver)
            {
                break;
            }

            TimeSpan? wake = _reconciler.Advance();
            _timer.Change(wake ?? Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        _signals.Writer.TryComplete();
        await _timer.DisposeAsync().ConfigureAwait(false);
        while (_signals.Reader.TryRead(out Signal? late))
        {
            _reconciler.Take(late);
        }

        _reconciler.GiveUpReloads();
    }
}
