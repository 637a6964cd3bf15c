using System.Collections.Immutable;
using Ovms.Status;

namespace Ovms.Devices;

/// <summary>A parsed device string: the requested devices, present or not.</summary>
/// <param name="Mode">How the devices work together.</param>
/// <param name="Devices">The devices, first choice first; empty only for AUTO, where it means all.</param>
/// <param name="Excluded">Devices that AUTO and MULTI must not use: written with a minus.</param>
/// <param name="Text">The string as given.</param>
internal sealed record TargetDevice(DeviceMode Mode, ImmutableArray<DeviceName> Devices, ImmutableArray<DeviceName> Excluded, string Text)
{
    /// <summary>The default: the CPU.</summary>
    public static TargetDevice Cpu { get; } = new(DeviceMode.Single, [new DeviceName("CPU")], [], "CPU");

    /// <summary>The batch size of BATCH; null in other modes, and if the plugin chooses.</summary>
    public int? BatchSize => Mode == DeviceMode.Batch ? Devices[0].Count : null;

    /// <summary>Every name in the string.</summary>
    public IEnumerable<DeviceName> AllNames => Devices.Concat(Excluded);

    /// <summary>Whether the CPU may run the model: it is named or can be chosen.</summary>
    public bool MayUseCpu =>
        (Devices.IsEmpty || Devices.Any(static device => device.Type == "CPU")) && !Excluded.Any(static device => device.Type == "CPU");

    /// <summary>Whether no other device than the CPU is named, in whatever mode.</summary>
    public bool HasOnlyCpu => !Devices.IsEmpty && Devices.All(static device => device.Type == "CPU");

    /// <summary>Whether the CPU plugin runs the model directly, without a mode.</summary>
    public bool IsCpuAlone => Mode == DeviceMode.Single && Devices[0].Type == "CPU";

    /// <summary>Parses a device string; an empty one means CPU. <see cref="KnownDevices"/> checks whether the names exist.</summary>
    /// <returns>The devices, or <see cref="StatusCode.TargetDeviceWrongFormat"/> with the valid forms.</returns>
    public static Outcome<TargetDevice> Parse(string text) => TargetDeviceParser.Parse(text);

    /// <summary>In OpenVINO's form.</summary>
    public override string ToString()
    {
        string list =
            string.Join(',', [.. Devices.Select(static device => device.ToString()), .. Excluded.Select(static device => $"-{device}")]);
        return (Mode.Name(), list.Length) switch
        {
            (null, _) => list,
            ({ } mode, 0) => mode,
            ({ } mode, _) => $"{mode}:{list}",
        };
    }

    /// <summary>Equal if the strings passed to OpenVINO are equal.</summary>
    public bool Equals(TargetDevice? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
}
