using System.Collections.Immutable;

namespace Ovms.Devices;

/// <summary>A device and the properties with which a model is compiled for it.</summary>
/// <param name="Device">The device in OpenVINO's form.</param>
/// <param name="Properties">The properties.</param>
/// <param name="Warnings">Warnings for the log.</param>
internal sealed record DevicePlace(
    string Device, IReadOnlyList<KeyValuePair<string, string>> Properties, ImmutableArray<string> Warnings)
{
    /// <summary>The devices of a plan one by one, in the order in which a model that one device computes tries them. Pure.</summary>
    /// <param name="target">The devices without absent ones.</param>
    /// <param name="gpus">
    /// The GPUs of the machine, best first. Asked only if there is no list and the CPU is not enough: finding them takes time.
    /// </param>
    public static IEnumerable<TargetDevice> InOrder(TargetDevice target, Func<IEnumerable<DeviceName>> gpus)
    {
        // A free choice begins with the CPU: there all callers share one inference.
        IEnumerable<DeviceName> named =
            target.Devices.IsEmpty ? CpuThen(gpus) : target.Devices.Select(static device => device.WithoutCount);
        return named.Where(device => !target.Excluded.Any(excluded => excluded.Covers(device)))
            .Distinct()
            .Select(static device => new TargetDevice(DeviceMode.Single, [device], [], device.ToString()));
    }

    private static IEnumerable<DeviceName> CpuThen(Func<IEnumerable<DeviceName>> gpus)
    {
        yield return new DeviceName("CPU");
        foreach (DeviceName gpu in gpus())
        {
            yield return gpu;
        }
    }
}
