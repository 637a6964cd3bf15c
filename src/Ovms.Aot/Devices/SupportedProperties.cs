using System.Collections.Concurrent;
using Ovms.Native;

namespace Ovms.Devices;

/// <summary>
/// Which properties there are for a device, a mode and OpenVINO itself. Devices are asked, and each only when the others
/// before it do not know a key: opening GPU and NPU takes long.
/// </summary>
/// <param name="ask">Gives a plugin's own list; null when it does not answer.</param>
internal sealed class SupportedProperties(Func<string, IReadOnlyCollection<string>?> ask)
{
    /// <summary>Taken by OpenVINO itself, and in no plugin's list.</summary>
    private static readonly string[] s_core = ["CACHE_DIR", "ENABLE_MMAP", "AUTO_BATCH_TIMEOUT", "ALLOW_AUTO_BATCHING", "FORCE_TBB_TERMINATE"];

    /// <summary>Handed on to the device; BATCH refuses it.</summary>
    private const string CacheMode = "CACHE_MODE";

    // Models may be compiled at the same time.
    private readonly ConcurrentDictionary<string, IReadOnlyCollection<string>?> _lists = new(StringComparer.Ordinal);

    /// <summary>Asks OpenVINO.</summary>
    public static SupportedProperties Of(Core core) => new(name =>
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
    });

    /// <summary>Whether one of these devices, their mode or OpenVINO itself has the property. Where no device answers, any may be.</summary>
    public bool Has(string key, DeviceMode mode, IReadOnlyCollection<DeviceName> devices) =>
        s_core.Contains(key)
        || (key == CacheMode && mode != DeviceMode.Batch)
        || (mode.Name() is { } plugin && List(plugin)?.Contains(key) == true)
        || devices.Any(device => List(device.Type)?.Contains(key) == true)
        || devices.All(device => List(device.Type) is null);

    /// <summary>All properties there are for them, to guess what was meant.</summary>
    public IEnumerable<string> All(DeviceMode mode, IEnumerable<DeviceName> devices) =>
        [.. s_core, CacheMode, .. mode.Name() is { } plugin ? List(plugin) ?? [] : [], .. devices.SelectMany(device => List(device.Type) ?? [])];

    private IReadOnlyCollection<string>? List(string plugin) => _lists.GetOrAdd(plugin, ask);
}
