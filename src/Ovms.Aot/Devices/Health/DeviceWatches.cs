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

    /// <summary>All of them, by name: those of former cores too.</summary>
    public IEnumerable<DeviceWatch> All => _byName.Values.OrderBy(static watch => watch.Device, StringComparer.Ordinal);

    /// <summary>Those of the current core, by name: new models are loaded on these devices.</summary>
    public IEnumerable<DeviceWatch> OfCurrentCore =>
        _byName.Where(item => item.Key.Core == cores.Current).Select(static item => item.Value)
            .OrderBy(static watch => watch.Device, StringComparer.Ordinal);

    /// <summary>The watch of a device; made if there is none.</summary>
    public DeviceWatch Of(string device) => Of(cores.Current, device);

    /// <summary>The watch of a core's device; made if there is none.</summary>
    public DeviceWatch Of(Core core, string device) =>
        _byName.GetOrAdd((core, device), key => new DeviceWatch(key.Core, key.Device, clock, log, Calls, () => Of(device), _ending.Task));

    /// <summary>Guards the calls into the devices' plugins.</summary>
    public DeviceCalls Calls { get; } = new(cores, log);

    /// <summary>From now on nothing is freed, because the process ends.</summary>
    public void End() => _ending.TrySetResult();

    /// <summary>
    /// Frees what a model holds on devices, if they are well and it has no trouble itself; else leaves it behind until then.
    /// </summary>
    /// <param name="model">The model, for the log.</param>
    /// <param name="core">The core that compiled it.</param>
    /// <param name="devices">The devices.</param>
    /// <param name="idle">Completes when nothing uses the model any more.</param>
    /// <param name="trouble">Why it cannot be freed though the devices are well; null if it can.</param>
    /// <param name="free">Frees it.</param>
    /// <returns>Completes when it is freed or left behind; at the end of the process at once.</returns>
    public async Task FreeAsync(
        string model, Core core, ImmutableArray<string> devices, Task idle, Func<Task<string?>> trouble, Action free)
    {
        await Task.WhenAny(idle, _ending.Task).ConfigureAwait(false);
        if (await FindTroubleAsync(core, devices, trouble).ConfigureAwait(false) is { } before)
        {
            // Without a turn: a device that does not answer makes each question wait.
            before.Watch.LeaveBehind(model, before.Why, TryFreeAsync);
            return;
        }

        if (!await TryTakeTurnAsync().ConfigureAwait(false))
        {
            _kept.Add(free);
            return;
        }

        try
        {
            // Asked again: another free may have met a failure meanwhile.
            if (await FindTroubleAsync(core, devices, trouble).ConfigureAwait(false) is { } found)
            {
                found.Watch.LeaveBehind(model, found.Why, TryFreeAsync);
            }
            else
            {
                await FreeOrKeepAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            _turn.Release();
        }

        async Task<bool> TryFreeAsync()
        {
            if (!await TryTakeTurnAsync().ConfigureAwait(false))
            {
                return false;
            }

            try
            {
                return await FindTroubleAsync(core, devices, trouble).ConfigureAwait(false) is null
                    && await FreeOrKeepAsync().ConfigureAwait(false);
            }
            finally
            {
                _turn.Release();
            }
        }

        // Kept reachable if it is not freed: a finalizer would free it.
        async Task<bool> FreeOrKeepAsync()
        {
            if (_ending.Task.IsCompleted)
            {
                _kept.Add(free);
                return false;
            }

            Task<Outcome> freed = Calls.RunAsync(core, devices, $"freeing {model}", free, DeviceCalls.LongestFree);
            if (await Task.WhenAny(freed, _ending.Task).ConfigureAwait(false) != freed || !(await freed.ConfigureAwait(false)).IsOk)
            {
                _kept.Add(free);
            }

            return true;
        }
    }

    // One after the other, each after a question of its own: a device that fails now and then breaks one call, and the others are left.
    private async Task<bool> TryTakeTurnAsync()
    {
        Task turn = _turn.WaitAsync();
        return await Task.WhenAny(turn, _ending.Task).ConfigureAwait(false) == turn;
    }

    // Null at the end of the process, too.
    private async Task<(DeviceWatch Watch, string Why)?> FindTroubleAsync(
        Core core, ImmutableArray<string> devices, Func<Task<string?>> trouble)
    {
        foreach (string device in devices)
        {
            DeviceWatch watch = Of(core, device);
            if (await UnlessEndingAsync(watch.AskAsync).ConfigureAwait(false) is { } why)
            {
                return (watch, why);
            }
        }

        return await UnlessEndingAsync(trouble).ConfigureAwait(false) is { } own ? (Of(core, devices[0]), own) : null;
    }

    private async Task<string?> UnlessEndingAsync(Func<Task<string?>> ask) =>
        !_ending.Task.IsCompleted && ask() is var asked && await Task.WhenAny(asked, _ending.Task).ConfigureAwait(false) == asked
            ? await asked.ConfigureAwait(false)
            : null;
}
