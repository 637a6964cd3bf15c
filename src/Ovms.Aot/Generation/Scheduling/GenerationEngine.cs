using System.Collections.Concurrent;
using System.Diagnostics;
using Ovms.Generation.Requests;
using Ovms.Generation.Steps;
using Ovms.Observability;
using Ovms.Status;

namespace Ovms.Generation.Scheduling;

/// <summary>
/// Generates text for many callers with one language model. One thread computes step after step; all sequences, blocks and rows belong to
/// it. Callers add requests, cancel them and read events. It owns the model.
/// </summary>
internal sealed class GenerationEngine : IAsyncDisposable
{
    private readonly IStepRunner _runner;
    private readonly StepCapacity _capacity;
    private readonly EngineSettings _settings;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly ConcurrentQueue<LiveCall> _arrivals = new();
    private readonly WakeSignal _wake = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Admission _admission;
    private readonly EngineLoop _loop;
    private readonly Func<bool> _hasNews;
    private readonly Func<bool> _isGathered;
    private int _announced;
    private volatile bool _isCancelling;
    private volatile bool _isStopping;
    private volatile bool _endsNow;
    private volatile string? _failure;

    /// <summary>Starts the thread.</summary>
    /// <param name="runner">The model; the engine disposes it.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="clock">The source of time.</param>
    /// <param name="log">The log.</param>
    public GenerationEngine(IStepRunner runner, EngineSettings settings, TimeProvider clock, ILogger log)
    {
        (_runner, _settings, _clock, _log) = (runner, settings, clock, log);
        _capacity = runner.Capacity;
        _hasNews = () => !_arrivals.IsEmpty || _isCancelling || _isStopping;
        _isGathered = () => Volatile.Read(ref _announced) == 0 || _isStopping;
        Counts = new EngineCounts(clock);
        Schedule schedule = new(_capacity, settings, Counts, runner.Forget);
        _admission = new Admission(schedule.MaxSequences, settings.MaxWaiting ?? 4 * schedule.MaxSequences, clock);
        _loop = new EngineLoop(runner, settings, schedule, _admission, Counts, clock, log);
        new Thread(Run) { IsBackground = true, Name = "generation" }.Start();
    }

    /// <summary>What it counts.</summary>
    public EngineCounts Counts { get; }

    /// <summary>When a caller whose request was refused for the queue's length may try again.</summary>
    public TimeSpan RetryAfter => _admission.RetryAfter;

    /// <summary>Why the model cannot compute now; null if it can. <see cref="HasFailed"/> tells whether that may change.</summary>
    public string? Unhealthy => _failure ?? _loop.Stuck;

    /// <summary>Whether the model must be loaded again.</summary>
    public bool HasFailed => _failure is not null;

    /// <summary>
    /// Announces a request that is being prepared. An engine without work waits for it before its first step, for
    /// <see cref="EngineSettings.GatherTime"/> at most.
    /// </summary>
    public void Announce() => Interlocked.Increment(ref _announced);

    /// <summary>The announced request was submitted or will not come.</summary>
    public void EndAnnouncement()
    {
        if (Interlocked.Decrement(ref _announced) == 0)
        {
            _wake.Set();
        }
    }

    /// <summary>Takes a request.</summary>
    /// <returns>
    /// The caller's side of it, or why it is refused. If too many wait, <see cref="RetryAfter"/> tells when to try again.
    /// </returns>
    public Outcome<GenerationCall> Submit(GenerationRequest request)
    {
        Outcome outcome = Refusal() is { } refusal ? refusal : RequestCheck.Check(request, _capacity);
        outcome = outcome.IsOk ? _admission.TryEnter(request.Answers) : outcome;
        if (!outcome.IsOk)
        {
            return outcome;
        }

        GenerationCall call = new(request, WakeForCancel);
        long now = _clock.GetTimestamp();
        long deadline = DeadlineOf(request, now);
        call.LimitTime(_clock, deadline);
        _arrivals.Enqueue(new LiveCall(call, now, deadline));
        _wake.Set();
        if (_ended.Task.IsCompleted)
        {
            RefuseArrivals();
        }

        return call;
    }

    /// <summary>
    /// Takes no more requests, lets those that were taken end, then frees the model.
    /// </summary>
    /// <param name="drained">Ends those that have not ended yet, each with an event that says so.</param>
    public async Task StopAsync(CancellationToken drained)
    {
        _isStopping = true;
        await using CancellationTokenRegistration _ = drained.UnsafeRegister(static self => ((GenerationEngine)self!).EndNow(), this);
        _wake.Set();
        await _ended.Task.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);

    private static Outcome Stopping => Outcome.Fail(StatusCode.ServerShuttingDown);

    private Outcome? Refusal() =>
        _failure is { } why ? Outcome.Fail(StatusCode.LanguageModelFailed, why) : _isStopping ? Stopping : null;

    private long DeadlineOf(GenerationRequest request, long now)
    {
        double ticks = (request.TimeLimit ?? Timeout.InfiniteTimeSpan).TotalSeconds * _clock.TimestampFrequency;
        return request.TimeLimit is null || ticks >= long.MaxValue - now ? long.MaxValue : now + (long)ticks;
    }

    private void WakeForCancel()
    {
        _isCancelling = true;
        _wake.Set();
    }

    private void EndNow()
    {
        _endsNow = true;
        _wake.Set();
    }

    private void Run()
    {
        try
        {
            while (!_isStopping || (!_endsNow && (_loop.HasWork || !_arrivals.IsEmpty)))
            {
                RunOnce();
            }
        }
        catch (Exception fault)
        {
            // A bug of the engine costs its callers their answers, and not the server its other models.
            Fail($"the engine failed: {fault.Message}");
            Log.Failure(_log, $"Language model {_settings.Model}: {fault}");
        }

        _isStopping = true;
        try
        {
            _loop.Stop(Refusal() ?? Stopping);
        }
        catch (Exception fault)
        {
            Log.Failure(_log, $"Language model {_settings.Model}: {fault}");
        }

        _ended.SetResult();
        RefuseArrivals();
    }

    private void RunOnce()
    {
        if (!_loop.HasWork && !_arrivals.IsEmpty)
        {
            Gather();
        }

        while (_arrivals.TryDequeue(out LiveCall? call))
        {
            _loop.Add(call);
        }

        if (_isCancelling)
        {
            // Before the look: a cancellation that comes during it is seen next time.
            _isCancelling = false;
            _loop.EndCancelled();
        }

        if (_failure is { } why)
        {
            _loop.EndAll(Outcome.Fail(StatusCode.LanguageModelFailed, why));
        }

        if (!_loop.HasWork)
        {
            _loop.Observe();
            _wake.Wait(_hasNews, Timeout.InfiniteTimeSpan);
        }
        else if (_loop.Step() is { IsOk: false } failure)
        {
            Fail(failure.Text);
        }
    }

    private void Gather()
    {
        long began = Stopwatch.GetTimestamp();
        for (TimeSpan left = _settings.GatherTime;
            left > TimeSpan.Zero && !_isGathered();
            left = _settings.GatherTime - Stopwatch.GetElapsedTime(began))
        {
            _wake.Wait(_isGathered, left);
        }
    }

    private void Fail(string why)
    {
        _failure ??= why;
        _settings.HealthChanged?.Invoke(why);
        Log.Failure(_log, $"Language model {_settings.Model} has failed; the server loads it again: {why}");
    }

    // Those that came when the thread had ended.
    private void RefuseArrivals()
    {
        while (_arrivals.TryDequeue(out LiveCall? call))
        {
            for (int i = 0; i < call.Request.Answers; i++)
            {
                call.Call.Write(TokenEvent.End(i, Finish.Failed, Refusal() ?? Stopping));
                _admission.Leave();
            }

            call.Call.Complete();
        }
    }
}
