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
internal sealed class DeviceWatch(Core core, string device, TimeProvider clock, ILogger log)
{
    /// <summary>Number of compiled models left behind at which no more are loaded: each holds memory of the device.</summary>
    public const int MostLeftBehind = 8;

    /// <summary>How long a device has to answer a probe.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly DeviceProbe _probe = new(core, device);
    private readonly List<Func<Task<bool>>> _left = [];
    private bool _isTrying;
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
                return _left.Count;
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
                return _left.Count < MostLeftBehind
                    ? Outcome.Ok
                    : Outcome.Fail(
                        StatusCode.DeviceFailed,
                        $"{device} fails ({_why}), and {_left.Count} compiled models that were unloaded since cannot be freed. "
                            + "No more are loaded on it until it computes again, which is tried at least once a minute; "
                            + "otherwise restart the server.");
            }
        }
    }

    /// <summary>Asks the device whether it computes; null if it does, else why not.</summary>
    public Task<string?> AskAsync() => _probe.AskAsync(Patience);

    /// <summary>Keeps a compiled model until the device is well.</summary>
    /// <param name="model">The model, for the log.</param>
    /// <param name="why">Why the device is not well.</param>
    /// <param name="tryFree">Frees it; false if it has to stay.</param>
    public void LeaveBehind(string model, string why, Func<Task<bool>> tryFree)
    {
        int count;
        bool isTold;
        bool begins;
        lock (_gate)
        {
            _left.Add(tryFree);
            count = _left.Count;
            isTold = count > 1 && why == _why;
            _why = why;
            begins = !_isTrying;
            _isTrying = true;
        }

        Log.ModelLeftBehind(log, model, device, isTold ? "as before" : why, count, MostLeftBehind);
        if (begins)
        {
            _ = FreeWhenWellAsync();
        }
    }

    private async Task FreeWhenWellAsync()
    {
        ProbePause pause = new();
        while (true)
        {
            await Task.Delay(pause.Next(), clock).ConfigureAwait(false);
            if (await AskAsync().ConfigureAwait(false) is not null)
            {
                continue;
            }

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
                if (_left.Count == 0)
                {
                    _isTrying = false;
                    return;
                }
            }
        }
    }
}
