using System.Collections.Immutable;

namespace Ovms.Devices;

/// <summary>Which devices of the queried types are present. A type that was not queried counts as present.</summary>
/// <param name="Found">Per queried type: the numbers of its devices; empty if absent.</param>
/// <param name="Reasons">Per type that is absent or lacks a device: the reasons, one clause each.</param>
internal sealed record DevicePresence(
    ImmutableDictionary<string, ImmutableArray<string>> Found, ImmutableDictionary<string, ImmutableArray<string>> Reasons)
{
    /// <summary>No type was queried.</summary>
    public static DevicePresence NotAsked { get; } =
        new(ImmutableDictionary<string, ImmutableArray<string>>.Empty, ImmutableDictionary<string, ImmutableArray<string>>.Empty);

    /// <summary>Whether the device is present.</summary>
    public bool Has(DeviceName device) =>
        !Found.TryGetValue(device.Type, out ImmutableArray<string> ordinals)
            || (device.Ordinal is null ? ordinals.Length > 0 : ordinals.Contains(device.Ordinal));

    /// <summary>Whether a device is present that was absent. Pure.</summary>
    /// <param name="before">What was found before, for the same types.</param>
    public bool HasMoreThan(DevicePresence before) => Found.Any(
        pair => pair.Value.Any(ordinal => !before.Found.TryGetValue(pair.Key, out ImmutableArray<string> had) || !had.Contains(ordinal)));

    /// <summary>
    /// The devices other than the CPU that may hold parts of a model compiled for a target: <c>GPU.0</c>. Those of types that were not
    /// queried are unknown.
    /// </summary>
    public ImmutableArray<string> HoldersOf(TargetDevice target)
    {
        IEnumerable<DeviceName> named = target.Devices.IsEmpty ? Found.Keys.Select(static type => new DeviceName(type)) : target.Devices;
        bool takesAll = target.Mode is DeviceMode.Auto or DeviceMode.Multi;
        return
        [
            .. named.Where(static device => device.Type != "CPU")
                .SelectMany(device => Ordinals(device, takesAll))
                .Where(device => !target.Excluded.Any(excluded => excluded.Covers(device)))
                .Select(static device => device.ToString())
                .Distinct(),
        ];
    }

    /// <summary>Why a device is absent.</summary>
    public string WhyNot(DeviceName device)
    {
        if (Found.TryGetValue(device.Type, out ImmutableArray<string> ordinals) && ordinals.Length > 0)
        {
            return $"there is no {device.WithoutCount}, only {string.Join(", ", ordinals.Select(ordinal => $"{device.Type}.{ordinal}"))}";
        }

        return Reasons.TryGetValue(device.Type, out ImmutableArray<string> reasons) && reasons.Length > 0
            ? string.Join("; ", reasons)
            : "OpenVINO finds none";
    }

    /// <summary>All devices known to be present, as text for users: <c>CPU, GPU.0</c>.</summary>
    public string Describe() => string.Join(
        ", ",
        [
            "CPU",
            .. Found.Where(static pair => pair.Key != "CPU")
                .OrderBy(static pair => pair.Key, StringComparer.Ordinal)
                .SelectMany(static pair => pair.Value.Select(ordinal => ordinal.Length == 0 ? pair.Key : $"{pair.Key}.{ordinal}")),
        ]);

    // A name without a number is the first device, and all of them where several devices work together.
    private IEnumerable<DeviceName> Ordinals(DeviceName device, bool takesAll)
    {
        if (device.Ordinal is not null || !Found.TryGetValue(device.Type, out ImmutableArray<string> found))
        {
            return [device.WithoutCount];
        }

        IEnumerable<DeviceName> all = found.Select(ordinal => new DeviceName(device.Type, ordinal.Length == 0 ? null : ordinal));
        return takesAll ? all : all.Take(1);
    }
}
