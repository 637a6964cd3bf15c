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
    private readonly List<(string Model, Func<Task> Free)> _left = [];
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
    /// <param name="free">Tries again to free it.</param>
    public void LeaveBehind(string model, string why, Func<Task> free)
    {
        int count;
        lock (_gate)
        {
            _left.Add((model, free));
            _why = why;
            count = _left.Count;
        }

        Log.ModelLeftBehind(log, model, device, why, count, MostLeftBehind);
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

        (string Model, Func<Task> Free)[] left;
        lock (_gate)
        {
            left = [.. _left];
            _left.Clear();
        }

        Log.ModelsLeftBehindFreed(log, device, left.Length);
        foreach ((_, Func<Task> free) in left)
        {
            await free().ConfigureAwait(false);
        }
    }
}
