using System.Collections.Immutable;

namespace Ovms.Devices;

/// <summary>A device and the properties with which a model is compiled for it.</summary>
/// <param name="Device">The device in OpenVINO's form.</param>
/// <param name="Properties">The properties.</param>
/// <param name="Warnings">Warnings for the log.</param>
internal sealed record DevicePlace(
    string Device, IReadOnlyList<KeyValuePair<string, string>> Properties, ImmutableArray<string> Warnings)
{
    /// <summary>The one device of a plan: the first of AUTO's list that is present, or the CPU.</summary>
    public static TargetDevice TargetOf(DevicePlan plan)
    {
        DeviceName device = plan.Target.Devices is [{ } first, ..] ? first.WithoutCount : new DeviceName("CPU");
        return new TargetDevice(DeviceMode.Single, [device], [], device.ToString());
    }

    /// <summary>The device and properties of a plan that were found.</summary>
    public static DevicePlace Of(TargetDevice target, DevicePlan plan, CompileProperties properties) => new(
        target.Text,
        properties.Properties,
        [.. plan.Warning is { } warning ? [warning] : Array.Empty<string>(), .. properties.Warnings]);
}
