using System.Diagnostics;
using Ovms.Observability.Metrics;

namespace Ovms.Generation.Scheduling;

/// <summary>What an engine counts, for metrics. Only the engine's thread writes; any thread reads.</summary>
/// <param name="clock">The engine's source of time.</param>
internal sealed class EngineCounts(TimeProvider clock)
{
    private readonly double _ticks = Stopwatch.Frequency / (double)clock.TimestampFrequency;
    private readonly Lock _gate = new();
    private EngineSnapshot _now;
    private long _promptTokens;
    private long _generatedTokens;
    private long _cachedTokens;
    private long _preemptions;
    private long _cancelled;
    private long _failedSteps;
    private long _restarts;

    /// <summary>What the engine holds since its latest step.</summary>
    public EngineSnapshot Now
    {
        get
        {
            lock (_gate)
            {
                return _now;
            }
        }
    }

    /// <summary>Tokens of prompts of calls that were admitted, each prompt once.</summary>
    public long PromptTokens => Volatile.Read(ref _promptTokens);

    /// <summary>Generated tokens.</summary>
    public long GeneratedTokens => Volatile.Read(ref _generatedTokens);

    /// <summary>Tokens of prompts that were in the cache already.</summary>
    public long CachedTokens => Volatile.Read(ref _cachedTokens);

    /// <summary>How often a sequence lost its blocks to an older one.</summary>
    public long Preemptions => Volatile.Read(ref _preemptions);

    /// <summary>Calls that their callers cancelled.</summary>
    public long CancelledCalls => Volatile.Read(ref _cancelled);

    /// <summary>Steps that failed, each once, also if they succeeded when they were repeated.</summary>
    public long FailedSteps => Volatile.Read(ref _failedSteps);

    /// <summary>How often the engine restarted.</summary>
    public long Restarts => Volatile.Read(ref _restarts);

    /// <summary>Times from a call's arrival to its admission.</summary>
    public TimeHistogram QueueTime { get; } = new();

    /// <summary>Times from a call's arrival to an answer's first token.</summary>
    public TimeHistogram FirstTokenTime { get; } = new();

    /// <summary>Times between two tokens of an answer.</summary>
    public TimeHistogram InterTokenTime { get; } = new();

    /// <summary>Durations of steps without prompts.</summary>
    public TimeHistogram DecodeStepTime { get; } = new();

    /// <summary>Durations of steps of prompts alone.</summary>
    public TimeHistogram PromptStepTime { get; } = new();

    /// <summary>Durations of steps of prompts and next tokens.</summary>
    public TimeHistogram MixedStepTime { get; } = new();

    /// <summary>A call was admitted for the first time.</summary>
    /// <param name="promptTokens">Its prompt.</param>
    /// <param name="waited">Since its arrival, in the clock's ticks.</param>
    /// <returns>The same in ticks of <see cref="Stopwatch"/>.</returns>
    public long Started(int promptTokens, long waited)
    {
        long ticks = (long)(waited * _ticks);
        Add(ref _promptTokens, promptTokens);
        QueueTime.Add(ticks);
        return ticks;
    }

    /// <summary>Tokens of a prompt were found in the cache.</summary>
    public void Cached(int tokens) => Add(ref _cachedTokens, tokens);

    /// <summary>A sequence lost its blocks.</summary>
    public void Preempted() => Add(ref _preemptions, 1);

    /// <summary>A caller cancelled.</summary>
    public void Cancelled() => Add(ref _cancelled, 1);

    /// <summary>A step failed.</summary>
    public void StepFailed() => Add(ref _failedSteps, 1);

    /// <summary>The engine restarted.</summary>
    public void Restarted() => Add(ref _restarts, 1);

    /// <summary>A token was generated.</summary>
    /// <param name="isFirst">Whether it is its answer's first one.</param>
    /// <param name="since">Since the one before, or since the call's arrival, in the clock's ticks.</param>
    public void Generated(bool isFirst, long since)
    {
        Add(ref _generatedTokens, 1);
        (isFirst ? FirstTokenTime : InterTokenTime).Add((long)(since * _ticks));
    }

    /// <summary>A step was computed.</summary>
    /// <param name="promptTokens">Its tokens of prompts.</param>
    /// <param name="decodes">Its sequences that got their next token only.</param>
    /// <param name="took">Its duration in the clock's ticks.</param>
    public void Stepped(int promptTokens, int decodes, long took) =>
        (promptTokens == 0 ? DecodeStepTime : decodes == 0 ? PromptStepTime : MixedStepTime).Add((long)(took * _ticks));

    /// <summary>Takes what the engine holds.</summary>
    public void Observe(in EngineSnapshot now)
    {
        lock (_gate)
        {
            _now = now;
        }
    }

    private static void Add(ref long count, long more) => Volatile.Write(ref count, count + more);
}
