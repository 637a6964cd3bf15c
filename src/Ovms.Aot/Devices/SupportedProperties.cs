using System.Collections.Concurrent;
using Ovms.Devices.Health;
using Ovms.Native;

namespace Ovms.Devices;

/// <summary>
/// The properties of a device, a mode and OpenVINO itself. A device is asked only if those before it do not know the key, because loading
/// the GPU and NPU plugins takes long.
/// </summary>
/// <param name="ask">Returns a plugin's list of properties; null if it cannot be asked.</param>
/// <param name="tryOn">Tries an unlisted property on a device; returns null if the device accepts it, else why not.</param>
internal sealed class SupportedProperties(Func<string, IReadOnlyCollection<string>?> ask, Func<string, DeviceProperty, string?> tryOn)
{
    /// <summary>Accepted by OpenVINO itself; in no plugin's list.</summary>
    private static readonly string[] s_core =
        ["CACHE_DIR", "ENABLE_MMAP", "AUTO_BATCH_TIMEOUT", "ALLOW_AUTO_BATCHING", "FORCE_TBB_TERMINATE"];

    /// <summary>Passed on to the device; BATCH rejects it.</summary>
    private const string CacheMode = "CACHE_MODE";

    /// <summary>Accepted by the CPU plugin, which does not list them. Only suggestions need the names.</summary>
    private static readonly string[] s_unlistedCpu = ["CPU_RUNTIME_CACHE_CAPACITY"];

    // Concurrent, because several models may be compiled at the same time.
    private readonly ConcurrentDictionary<string, IReadOnlyCollection<string>> _lists = new(StringComparer.Ordinal);

    /// <summary>Creates one that asks OpenVINO.</summary>
    /// <param name="cores">The core to ask.</param>
    /// <param name="pluginsXml">The plugins.xml that the core was created with.</param>
    public static SupportedProperties Of(EngineCores cores, string? pluginsXml) => new(
        name =>
        {
            // Without a device the GPU plugin accepts any key. A plugin that cannot be loaded is not asked either; compiling for it gives a
            // better message.
            Core core = cores.Current;
            bool hasDevice = name is not ("GPU" or "NPU") || !string.IsNullOrEmpty(core.TryGetProperty(name, "AVAILABLE_DEVICES"));
            return hasDevice ? core.TryGetProperty(name, "SUPPORTED_PROPERTIES")?.Split(' ', StringSplitOptions.RemoveEmptyEntries) : null;
        },
        (device, property) => PropertyTrial.WhyRefused(pluginsXml, device, property));

    /// <summary>Whether one of these devices, their mode or OpenVINO itself lists the property. True if no device can be asked.</summary>
    public bool Has(string key, DeviceMode mode, IReadOnlyCollection<DeviceName> devices) =>
        s_core.Contains(key)
        || (key == CacheMode && mode != DeviceMode.Batch)
        || (mode.Name() is { } plugin && List(plugin)?.Contains(key) == true)
        || devices.Any(device => List(device.Type)?.Contains(key) == true)
        || devices.All(device => List(device.Type) is null);

    /// <summary>Whether any device accepts an unlisted property. Devices that cannot be asked are skipped.</summary>
    /// <param name="property">The property, its value in OpenVINO's form.</param>
    /// <param name="devices">Devices, not modes.</param>
    /// <returns>Null if one accepts it; else the first device's message.</returns>
    public string? WhyRefused(DeviceProperty property, IEnumerable<DeviceName> devices)
    {
        string? first = null;
        foreach (string device in devices.Select(static device => device.Type).Distinct().Where(device => List(device) is not null))
        {
            if (tryOn(device, property) is not { } why)
            {
                return null;
            }

            first ??= why;
        }

        return first ?? "";
    }

    /// <summary>The first device that lists the property and rejects its value, and its message; null if there is none.</summary>
    /// <param name="property">The property, its value in OpenVINO's form.</param>
    /// <param name="mode">The devices' mode. A property that the mode itself lists is not tried: it may mean something else there.</param>
    /// <param name="devices">Devices, not modes.</param>
    public (string Device, string Why)? WhyValueRefused(DeviceProperty property, DeviceMode mode, IEnumerable<DeviceName> devices)
    {
        if (mode.Name() is { } plugin && List(plugin)?.Contains(property.Key) == true)
        {
            return null;
        }

        foreach (string device in devices.Select(static device => device.Type).Distinct())
        {
            if (List(device)?.Contains(property.Key) == true && tryOn(device, property) is { } why)
            {
                return (device, why);
            }
        }

        return null;
    }

    /// <summary>All their properties, for suggestions.</summary>
    public IEnumerable<string> All(DeviceMode mode, IEnumerable<DeviceName> devices) =>
        [
            .. s_core,
            CacheMode,
            .. mode.Name() is { } plugin ? List(plugin) ?? [] : [],
            .. devices.SelectMany(device => List(device.Type) ?? []),
            .. devices.Any(static device => device.Type == "CPU") ? s_unlistedCpu : [],
        ];

    // A plugin that cannot be asked now may have a device later.
    private IReadOnlyCollection<string>? List(string plugin)
    {
        if (!_lists.TryGetValue(plugin, out IReadOnlyCollection<string>? list) && (list = ask(plugin)) is not null)
        {
            _lists[plugin] = list;
        }

        return list;
    }
}
