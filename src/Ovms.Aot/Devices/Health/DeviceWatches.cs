using System.Collections.Concurrent;
using System.Collections.Immutable;
using Ovms.Native;
using Ovms.Status;

namespace Ovms.Devices.Health;

/// <summary>The devices other than the CPU that models were compiled for. Thread-safe.</summary>
/// <param name="cores">OpenVINO's core. A device of a former core has a watch of its own: it may fail for ever while that of the current
/// one is well.</param>
/// <param name="clock">The source of time.</param>
/// <param name="log">The log.</param>
internal sealed class DeviceWatches(EngineCores cores, TimeProvider clock, ILogger log)
{
    private readonly ConcurrentDictionary<(Core Core, string Device), DeviceWatch> _byName = new();
    private readonly ConcurrentBag<Action> _kept = [];
    private readonly SemaphoreSlim _turn = new(1);
    private readonly TaskCompletionSource _ending = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// Whether a model was compiled for such a device, even if that failed. Then the engine is not freed at the end of the process, because
    /// freeing ends the process with an error if the device fails.
    /// </summary>
    public bool Any => !_byName.IsEmpty;

    /// <summary>All of them, by name.</summary>
    public IEnumerable<DeviceWatch> All => _byName.Values.OrderBy(static watch => watch.Device, StringComparer.Ordinal);

    /// <summary>The watch of a device; made if there is none.</summary>
    public DeviceWatch Of(string device) => Of(cores.Current, device);

    /// <summary>The watch of a core's device; made if there is none.</summary>
    public DeviceWatch Of(Core core, string device) =>
        _byName.GetOrAdd((core, device), key => new DeviceWatch(key.Core, key.Device, clock, log, Calls, () => Of(device)));

    /// <summary>Guards the calls into the devices' plugins.</summary>
    public DeviceCalls Calls { get; } = new(cores, log);

    /// <summary>From now on nothing is freed, because the process ends.</summary>
    public void End() => _ending.TrySetResult();

    /// <summary>Frees what a model holds on devices, if all of them are well; else leaves it behind until they are.</summary>
    /// <param name="model">The model, for the log.</param>
    /// <param name="core">The core that compiled it.</param>
    /// <param name="devices">The devices.</param>
    /// <param name="idle">Completes when nothing uses the model any more.</param>
    /// <param name="free">Frees it.</param>
    /// <returns>Completes when it is freed or left behind; at the end of the process at once.</returns>
    public async Task FreeAsync(string model, Core core, ImmutableArray<string> devices, Task idle, Action free)
    {
        await Task.WhenAny(idle, _ending.Task).ConfigureAwait(false);
        foreach (string device in devices.TakeWhile(_ => !_ending.Task.IsCompleted))
        {
            DeviceWatch watch = Of(core, device);
            Task<string?> asked = watch.AskAsync();
            if (await Task.WhenAny(asked, _ending.Task).ConfigureAwait(false) == asked && await asked.ConfigureAwait(false) is { } why)
            {
                watch.LeaveBehind(model, why, () => FreeAsync(model, core, devices, idle, free));
                return;
            }
        }

        await FreeInTurnAsync(model, core, devices, idle, free).ConfigureAwait(false);
    }

    // One after the other, each after a question of its own: a device that fails now and then breaks one call, and the others are left.
    private async Task FreeInTurnAsync(string model, Core core, ImmutableArray<string> devices, Task idle, Action free)
    {
        Task turn = _turn.WaitAsync();
        if (await Task.WhenAny(turn, _ending.Task).ConfigureAwait(false) != turn)
        {
            Keep(free);
            return;
        }

        try
        {
            foreach (string device in devices)
            {
                Task<string?> asked = Of(core, device).AskAsync();
                if (await Task.WhenAny(asked, _ending.Task).ConfigureAwait(false) == asked && await asked.ConfigureAwait(false) is { } why)
                {
                    Of(core, device).LeaveBehind(model, why, () => FreeAsync(model, core, devices, idle, free));
                    return;
                }
            }

            if (_ending.Task.IsCompleted)
            {
                Keep(free);
                return;
            }

            Task<Outcome> freed = Calls.RunAsync(core, devices, $"freeing {model}", free, DeviceCalls.LongestFree);
            if (await Task.WhenAny(freed, _ending.Task).ConfigureAwait(false) != freed || !(await freed.ConfigureAwait(false)).IsOk)
            {
                Keep(free);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    // Kept reachable: a finalizer would free it.
    private void Keep(Action free) => _kept.Add(free);
}
