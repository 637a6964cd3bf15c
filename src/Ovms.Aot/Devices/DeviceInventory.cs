using System.Collections.Concurrent;
using System.Collections.Immutable;
using Ovms.Devices.Health;
using Ovms.Native;

namespace Ovms.Devices;

/// <summary>
/// Finds which devices are present. Asking for a device loads its plugin, which takes tens to hundreds of milliseconds for GPU and NPU. So
/// it asks only for the types that a device string names, and never for the CPU.
/// </summary>
/// <param name="cores">OpenVINO's core, which queries the plugins, and new ones that find what came later.</param>
/// <param name="known">The existing device types.</param>
/// <param name="probe">Inspects the machine to explain an absent device.</param>
internal sealed class DeviceInventory(EngineCores cores, KnownDevices known, HardwareProbe probe)
{
    // Types of which a device was found at some time.
    private readonly ConcurrentDictionary<string, bool> _seen = new(StringComparer.Ordinal);

    /// <summary>Describes devices for the start log: the CPU's name and the device files in <c>/dev</c>. Loads no plugin.</summary>
    public static string DescribeWithoutPlugins() => DescribeWithoutPlugins(HardwareProbe.OfThisMachine());

    /// <inheritdoc cref="DescribeWithoutPlugins()"/>
    public static string DescribeWithoutPlugins(HardwareProbe probe)
    {
        string cpu = $"CPU ({probe.CpuName})";
        if (OperatingSystem.IsWindows())
        {
            return cpu;
        }

        IEnumerable<DeviceNode> gpus = probe.WslNode is { } wsl ? [.. probe.RenderNodes, wsl] : probe.RenderNodes;
        return $"{cpu}; GPU: {Describe(gpus, "/dev/dri/render* or /dev/dxg")}; NPU: {Describe(probe.AccelNodes, "/dev/accel/accel*")}";
    }

    /// <summary>Finds the devices that a string names, as far as compiling needs to know.</summary>
    public DevicePresence Find(TargetDevice target)
    {
        // With AUTO without a list, OpenVINO chooses, and can always fall back to the CPU unless that is excluded.
        bool isFreeChoice = target.Devices.IsEmpty;
        if (isFreeChoice && !target.Excluded.Any(static device => device.Type == "CPU"))
        {
            return DevicePresence.NotAsked;
        }

        DevicePresence found = isFreeChoice ? FindAll() : Find(cores.Current, target.Devices.Select(static device => device.Type));
        DeviceName[] absent = [.. target.Devices.Where(device => !found.Has(device))];
        if (absent.Length > 0)
        {
            cores.TryRenew(fresh =>
            {
                DevicePresence later = Find(fresh, target.Devices.Select(static device => device.Type));
                bool isBetter = absent.Any(later.Has);
                found = isBetter ? later : found;
                return isBetter;
            });
        }

        return found;
    }

    /// <summary>Finds the devices of every type, for an error message.</summary>
    public DevicePresence FindAll() => Find(cores.Current, known.Names);

    /// <summary>The GPUs, discrete ones first.</summary>
    public IEnumerable<DeviceName> FindGpus() => FindAll().Found.GetValueOrDefault("GPU", [])
        .Select(static ordinal => new DeviceName("GPU", ordinal))
        .OrderByDescending(gpu => cores.Current.TryGetProperty($"{gpu}", "DEVICE_TYPE") == "discrete");

    /// <summary>Whether a new core finds devices that the current one does not. It is the current one then.</summary>
    public bool FindMore()
    {
        DevicePresence known = FindAll();
        return cores.TryRenew(fresh => Find(fresh, known.Found.Keys).HasMoreThan(known));
    }

    private DevicePresence Find(Core core, IEnumerable<string> types)
    {
        Dictionary<string, ImmutableArray<string>> found = [];
        Dictionary<string, ImmutableArray<string>> reasons = [];
        HardwareTraces? traces = null;
        foreach (string type in types.Where(static type => type != "CPU").Distinct())
        {
            ImmutableArray<string> ordinals = Ask(core, type, out string? refusal);
            found[type] = ordinals;
            if (!ordinals.IsEmpty)
            {
                _seen[type] = true;
            }
            else if (_seen.ContainsKey(type))
            {
                // What a machine without the device lacks is not the reason.
                reasons[type] = [WhyLost(type, refusal)];
            }
            else
            {
                traces ??= probe.Look();
                reasons[type] = Why(type, traces, refusal);
            }
        }

        return new DevicePresence(found.ToImmutableDictionary(), reasons.ToImmutableDictionary());
    }

    /// <summary>The numbers of a type's devices.</summary>
    private static ImmutableArray<string> Ask(Core core, string type, out string? refusal)
    {
        refusal = null;
        try
        {
            string[] ordinals = core.GetProperty(type, "AVAILABLE_DEVICES").Split(' ', StringSplitOptions.RemoveEmptyEntries);
            // GPU and NPU number their devices. Another plugin may have a single device without a number, as the CPU plugin does.
            return ordinals.Length == 0 && type is not ("GPU" or "NPU") ? [""] : [.. ordinals];
        }
        catch (OpenVinoException e)
        {
            refusal = e.Said;
            return [];
        }
    }

    private static ImmutableArray<string> Why(string type, HardwareTraces traces, string? refusal)
    {
        IReadOnlyList<string> missing = traces.MissingFor(type);
        return (missing.Count, refusal) switch
        {
            (> 0, _) => [.. missing],
            (_, { } text) => [$"OpenVINO says: {text}"],
            _ => [$"OpenVINO finds none, although device files, loader and driver are there: the driver may not support this {type}, "
                + "or came after the server's start; then restart the server"],
        };
    }

    private static string WhyLost(string type, string? refusal) =>
        $"OpenVINO found a {type} before and finds none now: the device was lost, or its driver fails"
            + (refusal is null ? "" : $" (OpenVINO says: {refusal})")
            + ". It is looked for again at each load; if other programs can use it, restart the server";

    private static string Describe(IEnumerable<DeviceNode> nodes, string looked)
    {
        string text =
            string.Join(", ", nodes.Select(static node => node.CanOpen ? node.Path : $"{node.Path} (may not be opened by this user)"));
        return text.Length > 0 ? text : $"no {looked}";
    }
}
