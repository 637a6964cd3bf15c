using System.Collections.Immutable;

namespace Ovms.Devices;

/// <summary>What a compiled model says at one moment about the devices that run it.</summary>
/// <param name="Text">For users: <c>GPU.0, CPU</c>; in parentheses until a better device is ready.</param>
/// <param name="Names">The devices.</param>
/// <param name="AreTemporary">Whether they run it only until a better device is ready.</param>
internal sealed record ExecutionDevices(string Text, ImmutableArray<DeviceName> Names, bool AreTemporary)
{
    /// <summary>Whether the CPU alone runs the model.</summary>
    public bool IsCpuAlone => Names.Length > 0 && Names.All(static device => device.Type == "CPU");

    /// <summary>Reads EXECUTION_DEVICES, or its form for users.</summary>
    public static ExecutionDevices From(string property)
    {
        (IReadOnlyList<DeviceName> names, bool areTemporary) = ExecutionFacts.ReadDevices(property);
        string[] items = property.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);
        return new ExecutionDevices(string.Join(", ", items), [.. names], areTemporary);
    }

    /// <summary>Whether a model that could run better runs on these devices for good. Pure.</summary>
    /// <param name="asked">The devices that were asked for.</param>
    /// <param name="best">The best devices that ran it since it was loaded; null if only temporary ones did.</param>
    /// <param name="wasTemporary">Whether it ran on temporary devices before.</param>
    public bool HaveFallen(TargetDevice asked, ExecutionDevices? best, bool wasTemporary)
    {
        if (AreTemporary || asked.Mode is not (DeviceMode.Auto or DeviceMode.Multi))
        {
            return false;
        }

        if (best?.Names.Any(device => !Names.Contains(device)) == true)
        {
            return true;
        }

        // AUTO uses the first device of its list that works; MULTI uses all. Without a list AUTO chooses, and says by the parentheses
        // whether it chose another device than the CPU.
        bool wantsAnother = asked.Mode == DeviceMode.Auto
            ? asked.Devices is [{ Type: not "CPU" }, ..] || wasTemporary
            : asked.Devices.Any(static device => device.Type != "CPU");
        return IsCpuAlone && wantsAnother;
    }
}
