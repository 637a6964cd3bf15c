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
    /// <summary>The devices.</summary>
    public ImmutableArray<string> Devices => devices;

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

    /// <inheritdoc cref="DeviceWatches.FreeAsync"/>
    public Task FreeAsync(string model, Task idle, Action free) => watches.FreeAsync(model, core, devices, idle, free);

    /// <summary>Makes a call into OpenVINO that a failing device may break; blocks.</summary>
    /// <inheritdoc cref="DeviceCalls.RunAsync"/>
    public Outcome Run(string what, Action work, TimeSpan? limit = null) => watches.Calls.Run(core, devices, what, work, limit);
}
