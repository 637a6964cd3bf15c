using System.Threading.Tasks.Sources;
using Ovms.Status;

namespace Ovms.Generation.Requests;

/// <summary>
/// A request that the engine works on, as its caller sees it: a stream of events with one reader. The engine's thread writes, and wakes the
/// reader at most once a step. Unread events are bounded by the request: one for each token, and one for the end of each answer.
/// </summary>
internal sealed class GenerationCall : IValueTaskSource<bool>
{
    // The longest time that timers take.
    private static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1);
    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly EventRing _events = new();
    private readonly Action _wakeEngine;
    private List<int>? _unwanted;
    private bool[]? _ended;
    private ITimer? _limit;
    private ManualResetValueTaskSourceCore<bool> _wait = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancellation;
    private bool _isWaiting;
    private volatile bool _isComplete;
    private volatile bool _isCancelled;
    private volatile int _cachedTokens;
    private long _queueTicks;

    /// <summary>A call without events.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="wakeEngine">Makes the engine see a cancellation.</param>
    public GenerationCall(GenerationRequest request, Action wakeEngine)
    {
        Request = request;
        _wakeEngine = wakeEngine;
    }

    /// <summary>What is wanted.</summary>
    public GenerationRequest Request { get; }

    /// <summary>Tokens of the prompt that were in the cache already. Known at the first event of an answer.</summary>
    public int CachedTokens
    {
        get => _cachedTokens;
        set => _cachedTokens = value;
    }

    /// <summary>
    /// How long it waited until its prompt began, in ticks of <see cref="System.Diagnostics.Stopwatch"/>. Known at the first event of an
    /// answer.
    /// </summary>
    public long QueueTicks
    {
        get => Volatile.Read(ref _queueTicks);
        set => Volatile.Write(ref _queueTicks, value);
    }

    /// <summary>Whether the caller wants no more.</summary>
    public bool IsCancelled => _isCancelled;

    /// <summary>How answers fail that have not ended when the request's time is over.</summary>
    public Outcome Late => Outcome.Fail(
        StatusCode.DeadlineExceeded,
        $"the answer was not complete after {Request.TimeLimit?.TotalSeconds:0.###} s (generation_timeout_seconds)");

    /// <summary>
    /// Fails the answers when the request's time is over, from a timer: the engine may be inside a step that does not end. Called before
    /// the engine sees the call.
    /// </summary>
    /// <param name="clock">The source of time.</param>
    /// <param name="deadline">When the time is over, as a timestamp of the clock.</param>
    public void LimitTime(TimeProvider clock, long deadline)
    {
        if (Request.TimeLimit is { } limit && deadline < long.MaxValue)
        {
            _ended = new bool[Request.Answers];

            // Again after a second, as a timer may be early by its own clock.
            TimeSpan due = TimeSpan.FromTicks(Math.Clamp(limit.Ticks, 0, s_longest.Ticks));
            _limit = clock.CreateTimer(_ => FailIfLate(clock.GetTimestamp() >= deadline), null, due, s_again);
        }
    }

    /// <summary>Waits until <see cref="TryRead"/> gives an event or there will be none. One wait at a time.</summary>
    /// <returns>False if all events were read and no more will come.</returns>
    /// <exception cref="OperationCanceledException">The reader stopped waiting; the answers go on until <see cref="Cancel"/>.</exception>
    public ValueTask<bool> WaitAsync(CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<bool>(cancellation);
        }

        lock (_gate)
        {
            if (_events.Count > 0 || _isComplete)
            {
                return new(_events.Count > 0);
            }

            _wait.Reset();
            _isWaiting = true;
        }

        short version = _wait.Version;
        _cancellation = cancellation.UnsafeRegister(static (state, token) => ((GenerationCall)state!).EndWait(token), this);
        return new(this, version);
    }

    /// <summary>Takes the oldest unread event.</summary>
    public bool TryRead(out TokenEvent item)
    {
        lock (_gate)
        {
            return _events.TryRemove(out item);
        }
    }

    /// <summary>
    /// Ends all answers without further events. The engine frees what they hold before its next step. Callers that do not read to the end
    /// must call it.
    /// </summary>
    public void Cancel()
    {
        _isCancelled = true;
        if (!_isComplete)
        {
            _wakeEngine();
        }
    }

    /// <summary>
    /// Ends one answer, of which no more is wanted; the others go on. Events of it may still come. The engine frees what it holds before
    /// its next step.
    /// </summary>
    public void CancelAnswer(int answer)
    {
        lock (_gate)
        {
            (_unwanted ??= []).Add(answer);
        }

        _wakeEngine();
    }

    /// <summary>The answers that <see cref="CancelAnswer"/> named since the last time; null for none. Called by the engine.</summary>
    public List<int>? TakeUnwanted()
    {
        lock (_gate)
        {
            List<int>? unwanted = _unwanted;
            _unwanted = null;
            return unwanted;
        }
    }

    /// <summary>Adds an event; <see cref="Flush"/> makes a waiting reader see it. Called by the engine.</summary>
    public void Write(in TokenEvent item)
    {
        lock (_gate)
        {
            if (!_isComplete && !_isCancelled)
            {
                Add(item);
            }
        }
    }

    /// <summary>Wakes the reader if there are events. Called by the engine.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            if (!_isWaiting || (_events.Count == 0 && !_isComplete))
            {
                return;
            }

            _isWaiting = false;
        }

        _wait.SetResult(true);
    }

    /// <summary>No more events will come. Called by the engine.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _isComplete = true;
            _limit?.Dispose();
        }

        Flush();
    }

    bool IValueTaskSource<bool>.GetResult(short token)
    {
        // Waits for a running cancellation callback, so that it cannot end the next wait.
        _cancellation.Dispose();
        _cancellation = default;
        _wait.GetResult(token);
        lock (_gate)
        {
            return _events.Count > 0;
        }
    }

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _wait.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(continuation, state, token, flags);

    private void Add(in TokenEvent item)
    {
        _events.Add(item);
        if (_ended is { } ended && item.Finish != Finish.None)
        {
            ended[item.Answer] = true;
        }
    }

    private void FailIfLate(bool isLate)
    {
        lock (_gate)
        {
            if (!isLate || _isComplete || _isCancelled)
            {
                return;
            }

            for (int i = 0; i < Request.Answers; i++)
            {
                if (!_ended![i])
                {
                    Add(TokenEvent.End(i, Finish.Failed, Late));
                }
            }
        }

        // The engine frees what the call holds when it looks at deadlines next.
        Complete();
    }

    private void EndWait(CancellationToken token)
    {
        lock (_gate)
        {
            if (!_isWaiting)
            {
                return;
            }

            _isWaiting = false;
        }

        _wait.SetException(new OperationCanceledException(token));
    }
}
