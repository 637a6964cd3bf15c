using System.Globalization;
using Ovms.Native;

namespace Ovms.Devices;

/// <summary>Reads what a compiled model reports about its devices.</summary>
internal static class ExecutionFacts
{
    /// <summary>
    /// Reads one property. AUTO, HETERO and MULTI do not report their devices' properties; then DEVICE_PROPERTIES is read.
    /// </summary>
    public static string? Read(CompiledModel model, string key)
    {
        if (model.TryGetProperty(key, out string? value))
        {
            return value.Length > 0 ? value : null;
        }

        return ReadOfDevices(model, key);
    }

    /// <summary>Reads the performance hint. MULTI reports THROUGHPUT regardless of its devices' settings.</summary>
    public static string? ReadHint(CompiledModel model, DeviceMode mode)
    {
        const string Key = "PERFORMANCE_HINT";
        return (mode == DeviceMode.Multi ? ReadOfDevices(model, Key) : null) ?? Read(model, Key);
    }

    /// <summary>
    /// A property's value from <c>{GPU:{A:1,B:2},CPU:{A:3}}</c>: one value if all devices agree, else one per device. Pure.
    /// </summary>
    public static string? ReadSections(string text, string key)
    {
        List<(string Device, string Value)> found = [];
        string device = "";
        string start = key + ":";
        // A key follows a brace or a comma, which values never contain. A section starts with a device's name and a brace.
        foreach (string part in text.Split('{', ',', '}'))
        {
            if (part.EndsWith(':') && DeviceName.TryParse(part[..^1], out _))
            {
                device = part[..^1];
            }
            else if (part.StartsWith(start, StringComparison.Ordinal))
            {
                found.Add((device, part[start.Length..]));
            }
        }

        return found.Select(static pair => pair.Value).Distinct().ToArray() switch
        {
            [] => null,
            [{ } single] => single.Length > 0 ? single : null,
            _ => string.Join(", ", found.Select(static pair => $"{pair.Device} {pair.Value}")),
        };
    }

    /// <summary>The devices in EXECUTION_DEVICES, which are separated by spaces; brackets mean "until a better one is ready".</summary>
    public static (IReadOnlyList<DeviceName> Devices, bool AreTemporary) ReadDevices(string text)
    {
        List<DeviceName> devices = [];
        foreach (string item in text.Split([' ', ',', '(', ')'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (DeviceName.TryParse(item, out DeviceName device))
            {
                devices.Add(device);
            }
        }

        return (devices, text.Contains('('));
    }

    /// <summary>The number of a compiled model's streams on the CPU. Pure.</summary>
    /// <param name="executing">The devices that run it, as text.</param>
    /// <param name="streams">Its streams: <c>4</c>, or per device <c>GPU 2, CPU 4</c>; null if not reported.</param>
    public static int StreamsOnCpu(string executing, string? streams)
    {
        if (!ReadDevices(executing).Devices.Any(static device => device.Type == "CPU"))
        {
            return 0;
        }

        string[] parts = (streams ?? "").Split(", ");
        string count = parts.FirstOrDefault(static part => part.StartsWith("CPU ", StringComparison.Ordinal))?[4..]
            ?? (parts.Length == 1 ? parts[0] : "");
        return int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 1;
    }

    /// <summary>A warning if the model does not run on the requested devices; else null. Pure.</summary>
    /// <param name="target">The devices requested of OpenVINO.</param>
    /// <param name="hint">The effective performance hint.</param>
    /// <param name="executing">EXECUTION_DEVICES.</param>
    public static string? Difference(TargetDevice target, string? hint, string executing)
    {
        (IReadOnlyList<DeviceName> devices, bool areTemporary) = ReadDevices(executing);
        // With a free choice any device is right; without a report there is nothing to compare.
        if (target.Devices.IsEmpty || devices.Count == 0 || areTemporary)
        {
            return null;
        }

        // AUTO uses one device and HETERO may need only its first; the others are on standby. Other modes use all devices they name.
        bool isFirstEnough = target.Mode is DeviceMode.Hetero || (target.Mode is DeviceMode.Auto && hint != "CUMULATIVE_THROUGHPUT");
        IEnumerable<DeviceName> expected = isFirstEnough ? target.Devices.Take(1) : target.Devices;
        DeviceName[] idle = [.. expected.Where(asked => !devices.Any(asked.Covers))];
        DeviceName[] others = [.. devices.Where(device => !target.Devices.Any(asked => asked.Covers(device)))];
        if (idle.Length == 0 && others.Length == 0)
        {
            return null;
        }

        string not = idle.Length > 0 ? $", not on {List(idle)}" : "";
        return $"{target} was asked for, and OpenVINO reports that the model runs on {List(devices)}{not}";

        static string List(IEnumerable<DeviceName> names) => string.Join(", ", names.Select(static name => name.WithoutCount).Distinct());
    }

    private static string? ReadOfDevices(CompiledModel model, string key) =>
        model.TryGetProperty("DEVICE_PROPERTIES", out string? sections) ? ReadSections(sections, key) : null;
}
