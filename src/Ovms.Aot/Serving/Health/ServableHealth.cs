using Ovms.Devices;
using Ovms.Devices.Health;
using Ovms.Native;
using Ovms.Observability;
using Ovms.Serving.Requests;
using Ovms.Status;

namespace Ovms.Serving.Health;

/// <summary>
/// Whether the devices of a version compute. After several device errors in a row it is not ready: its calls are refused until a probe
/// succeeds.
/// </summary>
/// <remarks>
/// A model on the CPU alone is always ready: its failures come from what callers send. A device error of a model with open shapes may come
/// from the size that a caller chose, so that a probe decides before such a model is not ready.
/// </remarks>
internal sealed class ServableHealth
{
    /// <summary>Number of probes that fail before the compiled model itself is suspected: the first 7 s.</summary>
    public const int ProbesBeforeLost = 3;

    private readonly HealthRule? _rule;
    private readonly ServableId _id;
    private readonly string _device;
    private readonly Func<Task<string?>> _probe;
    private readonly bool _isShapeOpen;
    private readonly DeviceErrorLog? _errorLog;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private Task _healing = Task.CompletedTask;
    private volatile string? _reason;
    private volatile bool _isLost;
    private StatusCode _code = StatusCode.DeviceFailed;
    private int _errors;
    private long _refused;

    /// <summary>The health of a model that is always ready.</summary>
    public ServableHealth()
    {
        _device = "";
        _probe = static () => Task.FromResult<string?>(null);
    }

    /// <summary>Watches a model on devices other than the CPU.</summary>
    /// <param name="id">The model and version.</param>
    /// <param name="device">The devices that were asked for.</param>
    /// <param name="isShapeOpen">Whether callers choose shapes.</param>
    /// <param name="rule">What all servables share.</param>
    /// <param name="probe">Asks whether the model can compute: null if it can, else why not.</param>
    public ServableHealth(ServableId id, string device, bool isShapeOpen, HealthRule rule, Func<Task<string?>> probe)
    {
        (_id, _device, _isShapeOpen, _rule, _probe) = (id, device, isShapeOpen, rule, probe);
        _errorLog = new DeviceErrorLog(
            rule.Clock,
            (number, inARow, text) => Log.DeviceErrors(rule.Log, id.Name, id.Version, device, number, inARow, text));
    }

    /// <summary>Takes what a model that watches itself says.</summary>
    /// <param name="reason">Why it cannot compute now; null = it can.</param>
    /// <param name="isLost">Whether it never will again, so that it must be loaded again.</param>
    /// <param name="code">The error of refused calls.</param>
    public void Set(string? reason, bool isLost = false, StatusCode code = StatusCode.DeviceFailed)
    {
        lock (_gate)
        {
            (_reason, _isLost, _code) = (reason, isLost, code);
        }
    }

    /// <summary>Whether calls are taken.</summary>
    public bool IsReady => _reason is null;

    /// <summary>
    /// Whether it must be compiled again, while it stays: so many probes failed that a driver may have given up what was compiled for good,
    /// or a language model's engine has failed.
    /// </summary>
    public bool IsLost => _isLost;

    /// <summary>Whether the latest inference failed because of the device.</summary>
    public bool HasErrors => Volatile.Read(ref _errors) != 0;

    /// <summary>Why calls are refused; Ok if they are taken.</summary>
    public Outcome State => _reason is { } reason ? Outcome.Fail(_code, reason) : Outcome.Ok;

    /// <summary>Counts a call that is refused, for the log.</summary>
    /// <returns>Why it is refused; Ok if it is taken after all.</returns>
    public Outcome Refuse()
    {
        Interlocked.Increment(ref _refused);
        return State;
    }

    /// <summary>An inference succeeded. Costs one read.</summary>
    public void Succeeded()
    {
        if (_errors != 0)
        {
            Volatile.Write(ref _errors, 0);
        }
    }

    /// <summary>An inference failed.</summary>
    /// <returns>Whether the device is to blame.</returns>
    public bool Failed(EngineFault fault)
    {
        if (_rule is null || fault.Status == OvStatus.InferCancelled || !DeviceFault.IsOf(fault.Detail))
        {
            return false;
        }

        int errors = Interlocked.Increment(ref _errors);
        string text = EngineText.Clean(fault.Detail);
        _errorLog!.Add(errors, text);
        if (_rule.ErrorsBeforeUnready > 0 && errors >= _rule.ErrorsBeforeUnready && IsReady)
        {
            BeginHealing(_rule, errors, text);
        }

        return true;
    }

    /// <summary>A second copy, compiled to replace it, does not compute either: callers are told so.</summary>
    /// <param name="why">Why not, without a full stop.</param>
    public void NotReplaced(string why)
    {
        lock (_gate)
        {
            if (_reason is { } reason)
            {
                const string Also = " A second copy of it, compiled to replace it, does not compute either: ";
                int end = reason.IndexOf(Also, StringComparison.Ordinal);
                _reason = $"{(end < 0 ? reason : reason[..end])}{Also}{EngineText.WithoutAdvice(why)}. If that lasts, restart the server.";
            }
        }
    }

    /// <summary>Ends the probes, and logs the errors that were not logged yet.</summary>
    /// <returns>Completes when no probe runs any more.</returns>
    public Task StopAsync()
    {
        _stop.Cancel();
        _errorLog?.Write();
        lock (_gate)
        {
            return _healing;
        }
    }

    private void BeginHealing(HealthRule rule, int errors, string text)
    {
        lock (_gate)
        {
            if (!_healing.IsCompleted || _stop.IsCancellationRequested)
            {
                return;
            }

            if (!_isShapeOpen)
            {
                BecomeUnready(rule, errors, text);
            }

            _healing = Task.Run(() => HealAsync(rule, errors));
        }
    }

    private async Task HealAsync(HealthRule rule, int errors)
    {
        try
        {
            if (IsReady)
            {
                if (await _probe().ConfigureAwait(false) is not { } why)
                {
                    // The size that callers chose was too large.
                    Volatile.Write(ref _errors, 0);
                    return;
                }

                BecomeUnready(rule, errors, why);
            }

            long since = rule.Clock.GetTimestamp();
            ProbePause pause = new();
            int failed = 0;
            await Task.Delay(pause.Next(), rule.Clock, _stop.Token).ConfigureAwait(false);
            while (await _probe().ConfigureAwait(false) is not null)
            {
                _isLost |= ++failed >= ProbesBeforeLost;
                await Task.Delay(pause.Next(), rule.Clock, _stop.Token).ConfigureAwait(false);
            }

            Volatile.Write(ref _errors, 0);
            lock (_gate)
            {
                _reason = null;
                _isLost = false;
            }

            Log.DeviceWell(
                rule.Log, _id.Name, _id.Version, _device, rule.Clock.GetElapsedTime(since).TotalSeconds,
                Interlocked.Exchange(ref _refused, 0));
            rule.Changed();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The model is unloaded.
        }
    }

    private void BecomeUnready(HealthRule rule, int errors, string text)
    {
        _reason = $"{_id.Name}; version: {_id.VersionText}: {errors} inferences in a row failed on {_device}: "
            + $"{EngineText.WithoutAdvice(text)}. Calls are taken again when it computes, which the server tries by itself.";
        Log.DeviceUnwell(rule.Log, _id.Name, _id.Version, _device, errors, text);
        rule.Changed();
    }
}
