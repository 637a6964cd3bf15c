using Ovms.Generation.Requests;
using Ovms.Generation.Steps;
using Ovms.Observability;
using Ovms.Status;

namespace Ovms.Generation.Scheduling;

/// <summary>A round of the engine's thread: plan a step, compute it, deliver it, and restart the model if it cannot compute.</summary>
internal sealed class EngineLoop
{
    private readonly IStepRunner _runner;
    private readonly EngineSettings _settings;
    private readonly Schedule _schedule;
    private readonly EngineCounts _counts;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly StepSpeed _speed;
    private readonly EngineRestarts _restarts;
    private readonly LiveCalls _calls;
    private readonly StepPlanner _planner;
    private readonly StepExecution _execution;
    private readonly StepWatch _watch;
    private (int Tokens, int Sequences) _lastStep;

    /// <summary>A loop without calls.</summary>
    public EngineLoop(
        IStepRunner runner,
        EngineSettings settings,
        Schedule schedule,
        Admission admission,
        EngineCounts counts,
        TimeProvider clock,
        ILogger log)
    {
        (_runner, _settings, _schedule, _counts, _clock, _log) = (runner, settings, schedule, counts, clock, log);
        _speed = new StepSpeed(settings.PromptTokenSeconds);
        _calls = new LiveCalls(schedule, admission, counts);
        _planner = new StepPlanner(runner.Capacity, settings, schedule, _speed, clock);
        _execution = new StepExecution(runner, schedule, new Delivery(runner, schedule, _calls, counts, clock), _calls, counts, clock);
        _restarts = new EngineRestarts(clock);
        _watch = new StepWatch(settings.Model, clock, log, settings.HealthChanged);
    }

    /// <summary>Whether there is a call.</summary>
    public bool HasWork => _calls.Count > 0;

    /// <summary>Why a step seems not to end; null if none does. Any thread may ask.</summary>
    public string? Stuck => _watch.Stuck;

    /// <summary>Adds a call.</summary>
    public void Add(LiveCall call) => _calls.Add(call);

    /// <inheritdoc cref="LiveCalls.EndCancelled"/>
    public void EndCancelled() => _calls.EndCancelled();

    /// <inheritdoc cref="LiveCalls.EndAll(Outcome)"/>
    public void EndAll(Outcome outcome)
    {
        _calls.EndAll(outcome);
        _calls.Flush();
    }

    /// <summary>Makes one step, or what must happen before it.</summary>
    /// <returns>Success, or why the model has failed.</returns>
    public Outcome Step()
    {
        long now = _clock.GetTimestamp();
        _calls.EndLate(now);
        ReadOnlySpan<StepShare> shares = _planner.Plan(now, out Sequence? outOfMemory);
        Outcome outcome = Outcome.Ok;
        if (outOfMemory is not null)
        {
            _calls.EndForMemory(outOfMemory);
        }
        else if (shares.Length > 0)
        {
            outcome = Compute(shares);
        }

        _calls.Flush();
        Observe();
        return outcome;
    }

    /// <summary>Writes into the counts what the engine holds.</summary>
    public void Observe()
    {
        int free = _schedule.Cache?.Free ?? 0;
        int kept = _schedule.Cache?.Kept ?? 0;
        int owned = (_schedule.Cache?.Count ?? 0) - free - kept;
        int rows = _schedule.Rows is { } all ? all.Count - all.Free : 0;
        _counts.Observe(
            new EngineSnapshot(
                _schedule.Running.Count, _schedule.Waiting.Count, free, kept, owned, rows, _lastStep.Tokens, _lastStep.Sequences));
    }

    /// <summary>Ends all calls and frees the model.</summary>
    public void Stop(Outcome why)
    {
        EndAll(why);
        _lastStep = default;
        Observe();
        _watch.Dispose();
        _runner.Dispose();
    }

    private Outcome Compute(ReadOnlySpan<StepShare> shares)
    {
        int prompts = 0;
        int decodes = 0;
        foreach (StepShare share in shares)
        {
            prompts += share.Count > 1 ? share.Count : 0;
            decodes += share.Count > 1 ? 0 : 1;
        }

        _lastStep = (prompts + decodes, shares.Length);
        _watch.Begin(prompts, decodes, _speed.Estimate(prompts, decodes));
        long failed = _counts.FailedSteps;
        Outcome outcome = _execution.Run(shares, _schedule.Running);
        _watch.End();
        if (outcome.IsOk && _counts.FailedSteps == failed)
        {
            long took = _execution.ComputeTime;
            _counts.Stepped(prompts, decodes, took);
            _speed.Learn(prompts, decodes, took / (double)_clock.TimestampFrequency);
        }

        return outcome.IsOk ? outcome : Restart(outcome);
    }

    private Outcome Restart(Outcome why)
    {
        if (!_restarts.TryBegin())
        {
            return Outcome.Fail(why.Code, $"{why.Detail ?? why.Text} (twice within a minute)");
        }

        Log.Warning(
            _log,
            $"Language model {_settings.Model}: steps of all sequences fail ({why.Text}); the engine is restarted and computes them again");
        _counts.Restarted();
        _schedule.Restart();
        try
        {
            return _runner.Restart();
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            return Outcome.Fail(StatusCode.InternalInferenceError, fault.Message);
        }
    }
}
