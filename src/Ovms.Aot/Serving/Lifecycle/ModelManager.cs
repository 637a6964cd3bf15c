using System.Diagnostics;
using System.Threading.Channels;
using Ovms.Observability;
using Ovms.Serving.Table;
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

    // A load that is about to end leaves its cache whole; one that hangs does not keep the process.
    private static readonly TimeSpan s_loadGrace = TimeSpan.FromSeconds(1);

    // When a step failed it may not have said when to come again.
    private static readonly TimeSpan s_afterSurprise = TimeSpan.FromSeconds(1);

    private readonly Channel<Signal> _signals = Channel.CreateUnbounded<Signal>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Reconciler _reconciler;
    private readonly ITimer _timer;
    private readonly ILogger _log;
    private readonly Task _loop;
    private int _pending;

    /// <summary>Starts the loop; it looks for the first time when a reload is asked for.</summary>
    /// <param name="registry">Where tables are published.</param>
    /// <param name="reader">What ought to be.</param>
    /// <param name="load">How a version is made.</param>
    /// <param name="pace">The times that hold for it.</param>
    /// <param name="clock">The time.</param>
    /// <param name="log">Where every step is told.</param>
    /// <param name="effects">What follows outside of serving from a look; null for nothing.</param>
    public ModelManager(
        ServableRegistry registry, DesiredReader reader, LoadVersion load, LifecyclePace pace, TimeProvider clock, ILogger log, LookEffects? effects = null)
    {
        ChannelWriter<Signal> signals = _signals.Writer;
        _log = log;
        _reconciler = new Reconciler(registry, reader, load, effects, pace, clock, Post, log);
        _timer = clock.CreateTimer(_ => signals.TryWrite(Signal.Woken.Instance), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _loop = Task.Run(RunAsync);
        registry.ReloadBy(ReloadAsync);
    }

    /// <summary>How long a stop waits for loads.</summary>
    public TimeSpan LoadGrace { get; init; } = s_loadGrace;

    /// <summary>Makes models known before anything of them is loaded, so that callers who come early are told to wait and not that they are unknown.</summary>
    public static void Announce(ServableRegistry registry, IEnumerable<string> names) => registry.Publish(new ServableTable(names.Select(static name => new ModelEntry(name, []))));

    /// <summary>
    /// Looks at once, takes files for complete and tries again what failed; ends when all that follows is done and what is let go has
    /// ended, which is waited for as long as <see cref="LifecyclePace.Drain"/> says. Requests that come before the look begins share it.
    /// </summary>
    /// <returns>How it ended, or: too many wait, the server stops.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up waiting; the reload goes on.</exception>
    public async Task<Outcome<ReloadResult>> ReloadAsync(CancellationToken cancellation)
    {
        PendingReload reload = new();
        try
        {
            if (Interlocked.Increment(ref _pending) > MostPending)
            {
                return Outcome.Fail(StatusCode.QueueFull, $"{MostPending} requests wait for a reload already.");
            }

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
            reload.Leave();
            Interlocked.Decrement(ref _pending);
        }
    }

    /// <summary>
    /// Begins nothing more, lets everything go, and waits until calls under way have ended; for loads only a moment, since one that hangs
    /// never ends.
    /// </summary>
    /// <param name="limit">How long to wait for calls.</param>
    public async Task<StopResult> StopAsync(TimeSpan limit)
    {
        _signals.Writer.TryWrite(Signal.Stop.Instance);
        long begun = Stopwatch.GetTimestamp();
        try
        {
            await Task.WhenAny(_loop, Task.Delay(limit < LoadGrace ? limit : LoadGrace)).ConfigureAwait(false);
            _signals.Writer.TryWrite(Signal.LeaveLoads.Instance);
            TimeSpan left = limit - Stopwatch.GetElapsedTime(begun);
            await _loop.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero).ConfigureAwait(false);
            return _reconciler.IsLoading ? StopResult.LoadsLeft : StopResult.Clean;
        }
        catch (TimeoutException)
        {
            return _reconciler.IsLoading ? StopResult.LoadsLeft : StopResult.CallsLeft;
        }
    }

    private void Post(Signal signal)
    {
        // What a load brings after the end is let go by whoever brings it.
        if (!_signals.Writer.TryWrite(signal) && signal is Signal.Made { Loaded: { IsOk: true } loaded })
        {
            loaded.Value.Dispose();
        }
    }

    private async Task RunAsync()
    {
        await foreach (Signal signal in _signals.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            TimeSpan? wake = Step(signal);
            if (_reconciler.IsOver)
            {
                break;
            }

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

    private TimeSpan? Step(Signal signal)
    {
        try
        {
            _reconciler.Take(signal);
            return _reconciler.IsOver ? null : _reconciler.Advance();
        }
        catch (Exception surprise)
        {
            // A loop that ended would leave files unfollowed, loads unsettled and the stop waiting, and nobody would know.
            Log.StepSurprised(_log, surprise);
            return s_afterSurprise;
        }
    }
}
