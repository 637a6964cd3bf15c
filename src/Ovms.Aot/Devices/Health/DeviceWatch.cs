using Ovms.Native;
using Ovms.Observability;
using Ovms.Status;

namespace Ovms.Devices.Health;

/// <summary>One device other than the CPU: whether it is well, and the compiled models that are not freed until it is.</summary>
/// <remarks>
/// OpenVINO's GPU plugin ends the process if a compiled model is freed while the device fails: it throws in a destructor.
/// </remarks>
/// <param name="core">OpenVINO's core.</param>
/// <param name="device">The device: <c>GPU.0</c>.</param>
/// <param name="clock">The source of time.</param>
/// <param name="log">Logs when models are left behind and when they are freed.</param>
/// <param name="calls">Guards the calls into the device's plugin.</param>
/// <param name="current">The watch of the device of the current core.</param>
/// <param name="ending">Completes when the process ends: from then on nothing is freed.</param>
internal sealed class DeviceWatch(
    Core core, string device, TimeProvider clock, ILogger log, DeviceCalls calls, Func<DeviceWatch> current, Task ending)
{
    /// <summary>Number of compiled models left behind at which no more are loaded: each holds memory of the device.</summary>
    public const int MostLeftBehind = 8;

    /// <summary>How long a device has to answer a probe.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly DeviceProbe _probe = new(core, device, calls);
    private readonly List<Func<Task<bool>>> _left = [];
    private bool _isTrying;
    private int _held;
    private string _why = "";

    /// <summary>The device.</summary>
    public string Device => device;

    /// <summary>Number of compiled models left behind.</summary>
    public int LeftBehind
    {
        get
        {
            lock (_gate)
            {
                return _left.Count + _held + calls.LossesOf(core, device).Lost;
            }
        }
    }

    /// <summary>Why no more models are loaded on the device now; Ok if they are.</summary>
    public Outcome Refusal
    {
        get
        {
            lock (_gate)
            {
                int count = _left.Count + _held;
                return count < MostLeftBehind
                    ? Outcome.Ok
                    : Outcome.Fail(
                        StatusCode.DeviceFailed,
                        $"{device} fails ({_why}), and {count} compiled models that were unloaded since cannot be freed. "
                            + "No more are loaded on it until it computes again, which is tried at least once a minute; "
                            + "otherwise restart the server.");
            }
        }
    }

    /// <summary>Asks the device whether it computes; null if it does, else why not.</summary>
    /// <remarks>
    /// After a call was lost, a thread may hold the core's locks for ever: the device is asked through another core then.
    /// </remarks>
    public Task<string?> AskAsync() =>
        calls.LossesOf(core, device).Why is not { } why ? _probe.AskAsync(Patience)
        : current() is { } next && next != this ? next.AskAsync()
        : Task.FromResult<string?>(why);

    /// <summary>Keeps a compiled model until the device is well.</summary>
    /// <param name="model">The model, for the log.</param>
    /// <param name="why">Why the device is not well.</param>
    /// <param name="tryFree">Frees it; false if it has to stay.</param>
    public void LeaveBehind(string model, string why, Func<Task<bool>> tryFree)
    {
        int count;
        bool isLogged;
        bool begins;
        lock (_gate)
        {
            _left.Add(tryFree);
            count = _left.Count + _held;
            isLogged = count > 1 && why == _why;
            _why = why;
            begins = !_isTrying;
            _isTrying = true;
        }

        Log.ModelLeftBehind(log, model, device, isLogged ? "as before" : why, count, MostLeftBehind);
        if (begins)
        {
            _ = FreeWhenWellAsync();
        }
    }

    /// <summary>Counts a model as left behind that was unloaded while an inference of it has no answer.</summary>
    /// <param name="model">The model, for the log.</param>
    /// <param name="why">Why the device is not well.</param>
    /// <param name="freed">Completes when it does not count any more.</param>
    public void CountAsLeftBehind(string model, string why, Task freed)
    {
        int count;
        lock (_gate)
        {
            _held++;
            _why = why;
            count = _left.Count + _held;
        }

        Log.ModelLeftBehind(log, model, device, why, count, MostLeftBehind);
        _ = freed.ContinueWith(
            _ =>
            {
                lock (_gate)
                {
                    _held--;
                }
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private async Task FreeWhenWellAsync()
    {
        ProbePause pause = new();
        while (true)
        {
            await Task.Delay(pause.Next(), clock).ConfigureAwait(false);
            if (ending.IsCompleted)
            {
                return;
            }

            if (await AskAsync().ConfigureAwait(false) is null && await FreeAsync().ConfigureAwait(false) == 0)
            {
                return;
            }
        }
    }

    // Returns how many stay.
    private async Task<int> FreeAsync()
    {
        Func<Task<bool>>[] left;
        lock (_gate)
        {
            left = [.. _left];
        }

        int freed = 0;
        foreach (Func<Task<bool>> tryFree in left)
        {
            if (await tryFree().ConfigureAwait(false))
            {
                freed++;
                lock (_gate)
                {
                    _left.Remove(tryFree);
                }
            }
        }

        if (freed > 0)
        {
            Log.ModelsLeftBehindFreed(log, device, freed);
        }

        lock (_gate)
        {
            _isTrying = _left.Count > 0;
            return _left.Count;
        }
    }
}
