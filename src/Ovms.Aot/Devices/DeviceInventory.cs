using System.Collections.Immutable;
using Ovms.Native;

namespace Ovms.Devices;

/// <summary>
/// Finds out which devices are there. Asking for a device opens its plugin, which for GPU and NPU takes tens to hundreds of
/// milliseconds: only the types that a string names are asked about, and the CPU never.
/// </summary>
/// <param name="core">Answers for the plugins.</param>
/// <param name="known">The types that exist.</param>
/// <param name="probe">Looks at the machine when a device is absent, to say why.</param>
internal sealed class DeviceInventory(Core core, KnownDevices known, HardwareProbe probe)
{
    /// <summary>What the start log says of devices: the CPU's name and what <c>/dev</c> shows. Opens no plugin.</summary>
    public static string DescribeWithoutWaking() => DescribeWithoutWaking(HardwareProbe.OfThisMachine());

    /// <inheritdoc cref="DescribeWithoutWaking()"/>
    public static string DescribeWithoutWaking(HardwareProbe probe)
    {
        string cpu = $"CPU ({probe.CpuName})";
        if (OperatingSystem.IsWindows())
        {
            return cpu;
        }

        IEnumerable<DeviceNode> gpus = probe.WslNode is { } wsl ? [.. probe.RenderNodes, wsl] : probe.RenderNodes;
        return $"{cpu}; GPU: {Describe(gpus, "/dev/dri/render* or /dev/dxg")}; NPU: {Describe(probe.AccelNodes, "/dev/accel/accel*")}";
    }

    /// <summary>Finds out about the devices that a string names, as far as it must be known before compiling.</summary>
    public DevicePresence Find(TargetDevice target)
    {
        // AUTO without a list asks OpenVINO itself and always has the CPU to fall back to, unless that is what it may not use.
        bool isFreeChoice = target.Devices.IsEmpty;
        if (isFreeChoice && !target.Excluded.Any(static device => device.Type == "CPU"))
        {
            return DevicePresence.NotAsked;
        }

        return isFreeChoice ? FindAll() : Find(target.Devices.Select(static device => device.Type));
    }

    /// <summary>Finds out about every type there is, for the message of a failure.</summary>
    public DevicePresence FindAll() => Find(known.Names);

    private DevicePresence Find(IEnumerable<string> types)
    {
        Dictionary<string, ImmutableArray<string>> found = [];
        Dictionary<string, ImmutableArray<string>> reasons = [];
        HardwareTraces? traces = null;
        foreach (string type in types.Where(static type => type != "CPU").Distinct())
        {
            ImmutableArray<string> ordinals = Ask(type, out string? refusal);
            found[type] = ordinals;
            if (ordinals.IsEmpty)
            {
                traces ??= probe.Look();
                reasons[type] = Why(type, traces, refusal);
            }
        }

        return new DevicePresence(found.ToImmutableDictionary(), reasons.ToImmutableDictionary());
    }

    /// <summary>The numbers of a type's devices.</summary>
    private ImmutableArray<string> Ask(string type, out string? refusal)
    {
        refusal = null;
        try
        {
            string[] ordinals = core.GetProperty(type, "AVAILABLE_DEVICES").Split(' ', StringSplitOptions.RemoveEmptyEntries);
            // GPU and NPU number their devices. A plugin under another name may, as the CPU's does, have one without a number.
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
            _ => [$"OpenVINO finds none, although device files, loader and driver are there: the driver may not support this {type}"],
        };
    }

    private static string Describe(IEnumerable<DeviceNode> nodes, string looked)
    {
        string text = string.Join(", ", nodes.Select(static node => node.CanOpen ? node.Path : $"{node.Path} (may not be opened by this user)"));
        return text.Length > 0 ? text : $"no {looked}";
    }
}
