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
internal sealed class DeviceWatch(
    Core core, string device, TimeProvider clock, ILogger log, DeviceCalls calls, Func<DeviceWatch> current)
{
    /// <summary>Number of compiled models left behind at which no more are loaded: each holds memory of the device.</summary>
    public const int MostLeftBehind = 8;

    /// <summary>How long a device has to answer a probe.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly DeviceProbe _probe = new(core, device, calls);
    private readonly List<Func<Task>> _left = [];
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
                return _left.Count + calls.LossesOf(core, device).Lost;
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
    /// <param name="free">Tries again to free it.</param>
    public void LeaveBehind(string model, string why, Func<Task> free)
    {
        int count;
        bool isTold;
        lock (_gate)
        {
            _left.Add(free);
            count = _left.Count;
            isTold = count > 1 && why == _why;
            _why = why;
        }

        Log.ModelLeftBehind(log, model, device, isTold ? "as before" : why, count, MostLeftBehind);
        if (count == 1)
        {
            _ = FreeWhenWellAsync();
        }
    }

    private async Task FreeWhenWellAsync()
    {
        ProbePause pause = new();
        string? why;
        do
        {
            await Task.Delay(pause.Next(), clock).ConfigureAwait(false);
            why = await AskAsync().ConfigureAwait(false);
        }
        while (why is not null);

        Func<Task>[] left;
        lock (_gate)
        {
            left = [.. _left];
            _left.Clear();
        }

        Log.ModelsLeftBehindFreed(log, device, left.Length);
        foreach (Func<Task> free in left)
        {
            await free().ConfigureAwait(false);
        }
    }
}
