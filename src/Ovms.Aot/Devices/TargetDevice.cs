using System.Collections.Immutable;
using Ovms.Status;

namespace Ovms.Devices;

/// <summary>A device string, read: what was asked for, whether or not it is there.</summary>
/// <param name="Mode">How the devices work together.</param>
/// <param name="Devices">The devices, first choice first; empty only for AUTO, where it means all there are.</param>
/// <param name="Excluded">Devices that AUTO and MULTI must leave alone: written with a minus.</param>
/// <param name="Text">The string as it was given.</param>
internal sealed record TargetDevice(DeviceMode Mode, ImmutableArray<DeviceName> Devices, ImmutableArray<DeviceName> Excluded, string Text)
{
    /// <summary>What runs when nothing is asked for.</summary>
    public static TargetDevice Cpu { get; } = new(DeviceMode.Single, [new DeviceName("CPU")], [], "CPU");

    /// <summary>How many calls BATCH gathers; null elsewhere, and where the plugin chooses.</summary>
    public int? BatchSize => Mode == DeviceMode.Batch ? Devices[0].Count : null;

    /// <summary>Every name in the string.</summary>
    public IEnumerable<DeviceName> AllNames => Devices.Concat(Excluded);

    /// <summary>Whether the CPU is among what may run the model: named, or left to choose from.</summary>
    public bool MayUseCpu => (Devices.IsEmpty || Devices.Any(static device => device.Type == "CPU")) && !Excluded.Any(static device => device.Type == "CPU");

    /// <summary>Whether the CPU plugin runs the model, and no other is between.</summary>
    public bool IsCpuAlone => Mode == DeviceMode.Single && Devices[0].Type == "CPU";

    /// <summary>Reads a device string by its form alone; an empty one means CPU. Whether the names exist is <see cref="KnownDevices"/>' to say.</summary>
    /// <returns>What it asks for, or <see cref="StatusCode.TargetDeviceWrongFormat"/> with the forms that exist.</returns>
    public static Outcome<TargetDevice> Parse(string text) => TargetDeviceParser.Parse(text);

    /// <summary>As OpenVINO takes it.</summary>
    public override string ToString()
    {
        string list = string.Join(',', [.. Devices.Select(static device => device.ToString()), .. Excluded.Select(static device => $"-{device}")]);
        return (Mode.Name(), list.Length) switch
        {
            (null, _) => list,
            ({ } mode, 0) => mode,
            ({ } mode, _) => $"{mode}:{list}",
        };
    }

    /// <summary>Equal when OpenVINO would be asked for the same.</summary>
    public bool Equals(TargetDevice? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
}
