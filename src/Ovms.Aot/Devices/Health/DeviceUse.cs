using System.Collections.Immutable;
using Ovms.Native;
using Ovms.Status;

namespace Ovms.Devices.Health;

/// <summary>The devices other than the CPU that hold parts of a compiled model.</summary>
/// <param name="watches">All watched devices.</param>
/// <param name="core">The core that compiled the model.</param>
/// <param name="devices">Those of the model; at least one.</param>
internal sealed class DeviceUse(DeviceWatches watches, Core core, ImmutableArray<string> devices)
{
    /// <summary>Asks the devices one after the other; null if all compute, else what the first that does not says.</summary>
    public async Task<string?> AskAsync() =>
        await FindTroubleAsync().ConfigureAwait(false) is { } trouble ? $"{trouble.Device}: {trouble.Why}" : null;

    /// <summary>Asks the devices one after the other; null if all compute, else the first that does not, and why.</summary>
    public async Task<(string Device, string Why)?> FindTroubleAsync()
    {
        foreach (string device in devices)
        {
            if (await watches.Of(core, device).AskAsync().ConfigureAwait(false) is { } why)
            {
                return (device, why);
            }
        }

        return null;
    }

    /// <summary>Counts a model that is unloaded but still in use as left behind, if a device does not compute.</summary>
    /// <param name="model">The model, for the log.</param>
    /// <param name="freed">Completes when it does not count any more.</param>
    public async Task CountAsLeftBehindAsync(string model, Task freed)
    {
        if (await FindTroubleAsync().ConfigureAwait(false) is { } trouble && !freed.IsCompleted)
        {
            watches.Of(core, trouble.Device).CountAsLeftBehind(model, trouble.Why, freed);
        }
    }

    /// <summary>Frees a compiled model that nothing uses, without waiting.</summary>
    /// <param name="uses">The devices that hold parts of it; null if it is on the CPU alone.</param>
    /// <param name="model">The model, for the log.</param>
    /// <param name="free">Frees it.</param>
    public static void Free(DeviceUse? uses, string model, Action free)
    {
        if (uses is null)
        {
            free();
        }
        else
        {
            _ = uses.FreeAsync(model, Task.CompletedTask, static () => Task.FromResult<string?>(null), free);
        }
    }

    /// <inheritdoc cref="DeviceWatches.FreeAsync"/>
    public Task FreeAsync(string model, Task idle, Func<Task<string?>> trouble, Action free) =>
        watches.FreeAsync(model, core, devices, idle, trouble, free);

    /// <summary>Makes a call into OpenVINO that a failing device may break; blocks.</summary>
    /// <inheritdoc cref="DeviceCalls.RunAsync"/>
    public Outcome Run(string what, Action work, TimeSpan? limit = null) => watches.Calls.Run(core, devices, what, work, limit);
}
