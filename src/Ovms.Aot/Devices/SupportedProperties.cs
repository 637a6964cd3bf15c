using System.Collections.Concurrent;
using Ovms.Native;

namespace Ovms.Devices;

/// <summary>
/// Which properties there are for a device, a mode and OpenVINO itself. Devices are asked, and each only when the others
/// before it do not know a key: opening GPU and NPU takes long.
/// </summary>
/// <param name="ask">Gives a plugin's own list; null when it does not answer.</param>
/// <param name="tryOn">Sets a property that is in no list on a device; null when the device takes it, else why not.</param>
internal sealed class SupportedProperties(Func<string, IReadOnlyCollection<string>?> ask, Func<string, DeviceProperty, string?> tryOn)
{
    /// <summary>Taken by OpenVINO itself, and in no plugin's list.</summary>
    private static readonly string[] s_core = ["CACHE_DIR", "ENABLE_MMAP", "AUTO_BATCH_TIMEOUT", "ALLOW_AUTO_BATCHING", "FORCE_TBB_TERMINATE"];

    /// <summary>Handed on to the device; BATCH refuses it.</summary>
    private const string CacheMode = "CACHE_MODE";

    // Models may be compiled at the same time.
    private readonly ConcurrentDictionary<string, IReadOnlyCollection<string>?> _lists = new(StringComparer.Ordinal);

    /// <summary>Asks OpenVINO.</summary>
    /// <param name="core">Is asked.</param>
    /// <param name="pluginsXml">What it was made with.</param>
    public static SupportedProperties Of(Core core, string? pluginsXml) => new(
        name =>
        {
            try
            {
                return core.GetProperty(name, "SUPPORTED_PROPERTIES").Split(' ', StringSplitOptions.RemoveEmptyEntries);
            }
            catch (OpenVinoException)
            {
                // A plugin that cannot be loaded; compiling for it gives the better message.
                return null;
            }
        },
        (device, property) => PropertyTrial.WhyRefused(pluginsXml, device, property));

    /// <summary>Whether one of these devices, their mode or OpenVINO itself has the property. Where no device answers, any may be.</summary>
    public bool Has(string key, DeviceMode mode, IReadOnlyCollection<DeviceName> devices) =>
        s_core.Contains(key)
        || (key == CacheMode && mode != DeviceMode.Batch)
        || (mode.Name() is { } plugin && List(plugin)?.Contains(key) == true)
        || devices.Any(device => List(device.Type)?.Contains(key) == true)
        || devices.All(device => List(device.Type) is null);

    /// <summary>Whether a device takes a property that is in none of their lists. Devices that do not answer are not tried.</summary>
    /// <param name="property">Its value is as OpenVINO takes it.</param>
    /// <param name="devices">No modes.</param>
    /// <returns>Null where one takes it; else what the first one says.</returns>
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

    /// <summary>All properties there are for them, to guess what was meant.</summary>
    public IEnumerable<string> All(DeviceMode mode, IEnumerable<DeviceName> devices) =>
        [.. s_core, CacheMode, .. mode.Name() is { } plugin ? List(plugin) ?? [] : [], .. devices.SelectMany(device => List(device.Type) ?? [])];

    private IReadOnlyCollection<string>? List(string plugin) => _lists.GetOrAdd(plugin, ask);
}
