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

    /// <summary>The devices that run a model now, as text for users: <c>GPU.0, CPU</c>; null if it does not report them.</summary>
    public static string? ReadExecuting(CompiledModel model) => Listed(Read(model, "EXECUTION_DEVICES") ?? "");

    /// <summary>EXECUTION_DEVICES as text for users; null if it is empty. Pure.</summary>
    public static string? Listed(string executing) =>
        executing.Length == 0 ? null : string.Join(", ", executing.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Reads the performance hint. MULTI reports THROUGHPUT regardless of its devices' settings.</summary>
    public static string? ReadHint(CompiledModel model, DeviceMode mode)
    {
        const string Key = "PERFORMANCE_HINT";
        return (mode == DeviceMode.Multi ? ReadOfDevices(model, Key, HintBehindBatch) : null) ?? Read(model, Key);

        // A model that gathers calls hides its device's hint, which is the reason why it gathers them.
        static string? HintBehindBatch(string device, IReadOnlyList<KeyValuePair<string, string>> others) =>
            others.Any(static property => property.Key == ImplicitBatch.Timeout) ? "THROUGHPUT" : null;
    }

    /// <summary>
    /// A property's value from <c>{GPU:{A:1,B:2},CPU:{A:3}}</c>: one value if all devices agree, else that of each device that has one.
    /// Pure.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="key">The property.</param>
    /// <param name="missing">The value of a device that has none, from its name and its other properties; null if there is none.</param>
    public static string? ReadSections(
        string text, string key, Func<string, IReadOnlyList<KeyValuePair<string, string>>, string?>? missing = null)
    {
        int devices = 0;
        List<(string Device, string Value)> found = [];
        foreach ((string device, string section) in NestedProperties.Members(text))
        {
            if (!DeviceName.TryParse(device, out _))
            {
                continue;
            }

            devices++;
            IReadOnlyList<KeyValuePair<string, string>> members = NestedProperties.Members(section);
            string? value = members.FirstOrDefault(member => member.Key == key).Value;
            value = string.IsNullOrEmpty(value) ? missing?.Invoke(device, members) : value;
            if (value is not null)
            {
                found.Add((device, value));
            }
        }

        bool agree = found.Count == devices && found.Select(static pair => pair.Value).Distinct().Count() == 1;
        return found.Count == 0 ? null
            : agree ? found[0].Value
            : string.Join(", ", found.Select(static pair => $"{pair.Device} {pair.Value}"));
    }

    /// <summary>The number of streams of all devices together: <c>4</c>, or per device <c>GPU 2, CPU 4</c>; 0 if unknown. Pure.</summary>
    public static int TotalStreams(string? streams) => (streams ?? "")
        .Split(", ")
        .Sum(static part => int.TryParse(part.Split(' ')[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : 0);

    /// <summary>The number of streams of one device, in the same text: <c>4</c> is each device's own; null if unknown. Pure.</summary>
    public static int? StreamsOf(DeviceName device, string? streams)
    {
        foreach (string part in (streams ?? "").Split(", "))
        {
            string[] words = part.Split(' ');
            bool isOfDevice = words.Length == 1 || (DeviceName.TryParse(words[0], out DeviceName named) && named.Covers(device));
            if (isOfDevice && int.TryParse(words[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0)
            {
                return count;
            }
        }

        return null;
    }

    /// <summary>The version of the driver that a compiled model was made for; null if it is not reported.</summary>
    public static string? ReadDriver(CompiledModel model) => DriverOf(Read(model, "RUNTIME_REQUIREMENTS"));

    /// <summary>The driver in RUNTIME_REQUIREMENTS: <c>meta=1.0;ov=2026.4.1;desc=[driver=24.35.30872;ip=12.0.0;eus=96]</c>. Pure.</summary>
    public static string? DriverOf(string? requirements)
    {
        const string Key = "driver=";
        int at = requirements?.IndexOf(Key, StringComparison.Ordinal) ?? -1;
        string? rest = at < 0 ? null : requirements![(at + Key.Length)..];
        int end = rest?.IndexOfAny([';', ']', ',']) ?? -1;
        return end < 0 ? rest : rest![..end];
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
        return $"{target} was requested, and OpenVINO reports that the model runs on {List(devices)}{not}";

        static string List(IEnumerable<DeviceName> names) => string.Join(", ", names.Select(static name => name.WithoutCount).Distinct());
    }

    private static string? ReadOfDevices(
        CompiledModel model, string key, Func<string, IReadOnlyList<KeyValuePair<string, string>>, string?>? missing = null) =>
        model.TryGetProperty(CompileProperties.SectionsKey, out string? sections) ? ReadSections(sections, key, missing) : null;
}
