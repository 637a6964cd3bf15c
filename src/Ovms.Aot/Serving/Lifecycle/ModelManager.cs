using System.Diagnostics;
using System.Threading.Channels;
using Ovms.Observability;
using Ovms.Serving.Table;

namespace Ovms.Serving.Lifecycle;

/// <summary>
/// Keeps what is served at what is configured. One loop takes all that happens (the timer, requests, ends of looks, loads and calls) one
/// after the other and lets the <see cref="Reconciler"/> act on it; it never blocks, and nothing else writes the table.
/// </summary>
internal sealed class ModelManager
{
    // A load that is about to end leaves its cache whole; one that hangs does not keep the process.
    private static readonly TimeSpan s_loadGrace = TimeSpan.FromSeconds(1);

    // When a step failed it may not have said when to come again.
    private static readonly TimeSpan s_afterSurprise = TimeSpan.FromSeconds(1);

    private readonly Channel<Signal> _signals = Channel.CreateUnbounded<Signal>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Reconciler _reconciler;
    private readonly ITimer _timer;
    private readonly ILogger _log;
    private readonly Reloads _reloads;
    private readonly Task _asking;
    private readonly Task _loop;

    /// <summary>Starts the loop; it looks for the first time when a reload is asked for.</summary>
    /// <param name="registry">Where tables are published.</param>
    /// <param name="readiness">Told of first attempts.</param>
    /// <param name="reloads">Where reloads are asked for.</param>
    /// <param name="reader">What ought to be.</param>
    /// <param name="load">How a version is made.</param>
    /// <param name="pace">The times that hold for it.</param>
    /// <param name="clock">The time.</param>
    /// <param name="log">Where every step is told.</param>
    /// <param name="effects">What follows outside of serving from a look; null for nothing.</param>
    public ModelManager(
        ServableRegistry registry, Readiness readiness, Reloads reloads, DesiredReader reader, LoadVersion load, LifecyclePace pace,
        TimeProvider clock, ILogger log, LookEffects? effects = null)
    {
        ChannelWriter<Signal> signals = _signals.Writer;
        _log = log;
        _reloads = reloads;
        _reconciler = new Reconciler(new ServingBoard(registry, log), readiness, reloads, reader, load, effects, pace, clock, Post, log);
        _timer = clock.CreateTimer(_ => signals.TryWrite(Signal.Woken.Instance), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _asking = TakeRequestsAsync();
        _loop = Task.Run(RunAsync);
    }

    /// <summary>How long a stop waits for loads.</summary>
    public TimeSpan LoadGrace { get; init; } = s_loadGrace;

    /// <summary>Makes models known before anything of them is loaded, so that callers who come early are told to wait and not that they are unknown.</summary>
    public static void Announce(ServableRegistry registry, IEnumerable<string> names) => registry.Publish(new ServableTable(names.Select(static name => new ModelEntry(name, []))));

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

    private async Task TakeRequestsAsync()
    {
        await foreach (PendingReload asked in _reloads.TakeAsync().ConfigureAwait(false))
        {
            Post(new Signal.Asked(asked));
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

        // Order: who asked before the end is in the line and told with all others that there will be none; who asks later is refused.
        _reloads.Close();
        await _asking.ConfigureAwait(false);
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
