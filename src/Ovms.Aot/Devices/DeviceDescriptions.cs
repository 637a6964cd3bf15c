using System.Collections.Concurrent;
using System.Globalization;
using Ovms.Devices.Health;

namespace Ovms.Devices;

/// <summary>
/// Describes each GPU and NPU once: name, memory and driver, and which number it has. A second time if the driver was not known at the
/// first, because no model had been compiled. Asks the plugin, so only types are described whose plugin is loaded anyway.
/// </summary>
/// <param name="ask">A property of a device; null if the device does not report it.</param>
/// <param name="report">Receives a line for each device.</param>
internal sealed class DeviceDescriptions(Func<string, string, string?> ask, Action<string> report)
{
    // The drivers of the devices that were described; null if it was not known.
    private readonly ConcurrentDictionary<string, string?> _described = new(StringComparer.Ordinal);

    /// <summary>Creates one that asks OpenVINO.</summary>
    public static DeviceDescriptions Of(EngineCores cores, Action<string> report) =>
        new((device, key) => cores.Current.TryGetProperty(device, key), report);

    /// <summary>Describes the devices of these types that were not described yet. Nothing is to say of the CPU.</summary>
    /// <param name="types">The types.</param>
    /// <param name="driver">Their driver, which plugins report only of a compiled model; null if it is not known.</param>
    public void Report(IEnumerable<string> types, string? driver)
    {
        foreach (string type in types.Where(static type => type != "CPU").Distinct())
        {
            string[] ordinals = (ask(type, "AVAILABLE_DEVICES") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
            foreach (string ordinal in ordinals)
            {
                string device = $"{type}.{ordinal}";
                string? own = ask(device, $"{type}_DRIVER_VERSION") ?? driver;
                if (_described.TryAdd(device, own) || (own is not null && _described.TryUpdate(device, own, null)))
                {
                    report(Describe(type, ordinal, own));
                }
            }
        }
    }

    private string Describe(string type, string ordinal, string? driver)
    {
        string device = $"{type}.{ordinal}";
        string first = ordinal == "0" ? $" (also {type})" : "";
        string memory = long.TryParse(
            ask(device, $"{type}_DEVICE_TOTAL_MEM_SIZE"), NumberStyles.None, CultureInfo.InvariantCulture, out long bytes) && bytes > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 30):F1} GiB")
            : "not reported";
        return $"{device}{first} is {Known(ask(device, "FULL_DEVICE_NAME"))}; {Known(ask(device, "DEVICE_TYPE"))}; memory: {memory}; "
            + $"driver: {Known(driver)}";
    }

    private static string Known(string? text) => string.IsNullOrWhiteSpace(text) ? "not reported" : text.Trim();
}
