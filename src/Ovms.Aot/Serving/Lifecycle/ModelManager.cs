using System.Diagnostics;
using System.Threading.Channels;
using Ovms.Observability;
using Ovms.Serving.Table;

namespace Ovms.Serving.Lifecycle;

/// <summary>
/// Keeps what is served in line with the configuration. One loop handles all signals one after the other and passes them to the
/// <see cref="Reconciler"/>.
/// </summary>
/// <remarks>
/// Signals come from the timer, from requests and from the ends of looks, loads and calls. The loop never blocks, and only it writes the
/// table.
/// </remarks>
internal sealed class ModelManager
{
    // Lets a load that is about to end complete its cache file, without keeping the process for one that hangs.
    private static readonly TimeSpan s_loadGrace = TimeSpan.FromSeconds(1);

    // Retry delay after an unexpected exception, since the failed step may not have set the timer.
    private static readonly TimeSpan s_retryAfterException = TimeSpan.FromSeconds(1);

    private readonly Channel<Signal> _signals = Channel.CreateUnbounded<Signal>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Reconciler _reconciler;
    private readonly ITimer _timer;
    private readonly ILogger _log;
    private readonly Reloads _reloads;
    private readonly Task _requests;
    private readonly Task _loop;

    /// <summary>Starts the loop. The first look begins when a reload is requested.</summary>
    /// <param name="registry">Where tables are published.</param>
    /// <param name="readiness">Receives the state of first load attempts.</param>
    /// <param name="reloads">Provides reload requests.</param>
    /// <param name="reader">Determines what should be served.</param>
    /// <param name="load">Loads one version.</param>
    /// <param name="pace">The intervals and limits.</param>
    /// <param name="clock">The source of time.</param>
    /// <param name="log">Logs every step.</param>
    /// <param name="effects">Applies effects outside of serving; null = none.</param>
    public ModelManager(
        ServableRegistry registry, Readiness readiness, Reloads reloads, DesiredReader reader, LoadVersion load, LifecyclePace pace,
        TimeProvider clock, ILogger log, LookEffects? effects = null)
    {
        ChannelWriter<Signal> signals = _signals.Writer;
        _log = log;
        _reloads = reloads;
        _reconciler = new Reconciler(new ServingBoard(registry, log), readiness, reloads, reader, load, effects, pace, clock, Post, log);
        _timer = clock.CreateTimer(_ => signals.TryWrite(Signal.Woken.Instance), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _requests = TakeRequestsAsync();
        _loop = Task.Run(RunAsync);
    }

    /// <summary>How long a stop waits for running loads.</summary>
    public TimeSpan LoadGrace { get; init; } = s_loadGrace;

    /// <summary>
    /// Publishes the models before any is loaded, so that early callers are told to wait instead of that the model is unknown.
    /// </summary>
    public static void Announce(ServableRegistry registry, IEnumerable<string> names) =>
        registry.Publish(new ServableTable(names.Select(static name => new ModelEntry(name, []))));

    /// <summary>Stops: begins nothing new, unloads everything, and waits for the calls in flight.</summary>
    /// <remarks>It waits at most <see cref="LoadGrace"/> for running loads, since one that hangs never ends.</remarks>
    /// <param name="limit">How long to wait for calls in flight.</param>
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
        // After the loop has ended nobody takes the result of a load, so it is disposed here.
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

        // Order: requests before Close are in the queue and are cancelled below with all others; later ones are rejected.
        _reloads.Close();
        await _requests.ConfigureAwait(false);
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
            // The loop must survive: otherwise files would not be followed, loads not completed and the stop not answered, without any
            // notice.
            Log.StepSurprised(_log, surprise);
            return s_retryAfterException;
        }
    }
}
