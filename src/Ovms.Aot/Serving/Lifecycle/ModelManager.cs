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
    // A stop that takes longer names the calls that it waits for.
    private static readonly TimeSpan s_tellAfter = TimeSpan.FromMilliseconds(500);

    // Retry delay after an unexpected exception, since the failed step may not have set the timer.
    private static readonly TimeSpan s_retryAfterException = TimeSpan.FromSeconds(1);

    private readonly Channel<Signal> _signals = Channel.CreateUnbounded<Signal>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ServingBoard _board;
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
        _board = new ServingBoard(registry, log);
        _reconciler = new Reconciler(_board, readiness, reloads, reader, load, effects, pace, clock, Post, log);
        _timer = clock.CreateTimer(_ => signals.TryWrite(Signal.Woken.Instance), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _requests = TakeRequestsAsync();
        _loop = Task.Run(RunAsync);
    }

    /// <summary>How long a stop waits for running loads; zero = not at all.</summary>
    public TimeSpan LoadGrace { get; init; }

    /// <summary>The servables that were released and are not freed yet.</summary>
    public LeavingServables Leaving => _reconciler.Leaving;

    /// <inheritdoc cref="BoardLog.LeavesFailures"/>
    public bool LeavesFailures
    {
        get => _board.LeavesFailures;
        set => _board.LeavesFailures = value;
    }

    /// <summary>
    /// Publishes the models before any is loaded, so that early callers are told to wait instead of that the model is unknown.
    /// </summary>
    public static void Announce(ServableRegistry registry, IEnumerable<string> names) =>
        registry.Publish(new ServableTable(names.Select(static name => new ModelEntry(name, []))));

    /// <summary>Stops: begins nothing new, unloads everything, and waits for the calls in flight, which it names in the log.</summary>
    /// <remarks>A load is waited for at most <see cref="LoadGrace"/>, since a compilation may take minutes and cannot be ended.</remarks>
    /// <param name="limit">How long to wait for calls in flight.</param>
    public async Task<StopResult> StopAsync(TimeSpan limit)
    {
        _signals.Writer.TryWrite(Signal.Stop.Instance);
        long begun = Stopwatch.GetTimestamp();
        if (LoadGrace > TimeSpan.Zero)
        {
            await Task.WhenAny(_loop, Task.Delay(limit < LoadGrace ? limit : LoadGrace)).ConfigureAwait(false);
        }

        _signals.Writer.TryWrite(Signal.LeaveLoads.Instance);
        TimeSpan soon = TimeSpan.FromTicks(Math.Min(Left().Ticks, s_tellAfter.Ticks));
        if (await Task.WhenAny(_loop, Task.Delay(soon)).ConfigureAwait(false) != _loop
            && Left() > TimeSpan.Zero && _reconciler.Leaving.DescribeCalls(_board.Published) is { Length: > 0 } calls)
        {
            Log.StopWaits(_log, calls, Left().TotalSeconds);
        }

        await ((Task)_loop).WaitAsync(Left()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        StopResult left = _reconciler.IsLoading ? StopResult.LoadsLeft : StopResult.Clean;
        if (!_loop.IsCompleted && _reconciler.Leaving.DescribeCalls(_board.Published) is { Length: > 0 } cutOff)
        {
            Log.CutOff(_log, limit.TotalSeconds, cutOff);
            return left | StopResult.CallsLeft;
        }

        return left | (_reconciler.Leaving.Any || _board.Published.Any() ? StopResult.ModelsLeft : StopResult.Clean);

        TimeSpan Left() => TimeSpan.FromTicks(Math.Max(0, (limit - Stopwatch.GetElapsedTime(begun)).Ticks));
    }

    /// <summary>A servable runs on a worse device than it could: its way back is tried.</summary>
    public void Fell(ServableId id, Servable servable) => Post(new Signal.Fell(id, servable));

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
