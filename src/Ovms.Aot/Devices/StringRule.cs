using Ovms.Native;
using Ovms.Status;

namespace Ovms.Devices;

/// <summary>
/// GPU and NPU have no strings. Their plugins do not report it: they compile, and then every inference fails.
/// </summary>
internal static class StringRule
{
    private static readonly string[] s_without = ["GPU", "NPU"];

    /// <summary>Whether the ports must be looked at: a device without strings may be used.</summary>
    public static bool Concerns(TargetDevice target) =>
        target.Devices.IsEmpty || target.Devices.Any(static device => s_without.Contains(device.Type));

    /// <summary>Leaves out devices without strings for a model that has some, where the mode has others to go on with. Pure.</summary>
    /// <param name="target">The devices to run it on.</param>
    /// <param name="inputs">The model's inputs.</param>
    /// <param name="outputs">The model's outputs.</param>
    /// <param name="warning">One sentence, if devices were left out.</param>
    /// <returns>The devices to use; or a failure that names the port, if none is left.</returns>
    public static Outcome<TargetDevice> Apply(
        TargetDevice target, IReadOnlyList<PortInfo> inputs, IReadOnlyList<PortInfo> outputs, out string? warning)
    {
        warning = null;
        string? port = Find("input", inputs) ?? Find("output", outputs);
        if (port is null || !Concerns(target))
        {
            return target;
        }

        // HETERO gives operations on strings to the CPU by itself.
        if (target is { Mode: DeviceMode.Hetero, MayUseCpu: true })
        {
            return target;
        }

        bool hasOthers = target.Mode is DeviceMode.Auto or DeviceMode.Multi && target.MayUseCpu;
        DeviceName[] others = [.. target.Devices.Where(static device => !s_without.Contains(device.Type))];
        string[] unable = target.Devices.IsEmpty
            ? s_without
            : [.. target.Devices.Except(others).Select(static device => device.WithoutCount.ToString()).Distinct()];
        string why = $"{port} is of type string, with which {string.Join(" and ", unable)} cannot compute";
        if (!hasOthers || (others.Length == 0 && !target.Devices.IsEmpty))
        {
            return Outcome.Fail(StatusCode.ModelConfigInvalid, $"{target}: {why}. Use CPU as target device");
        }

        TargetDevice left = target with { Devices = others.Length == 0 ? [new DeviceName("CPU")] : [.. others], Excluded = [] };
        warning = $"{why}, so {target} goes on as {left}";
        return left;
    }

    private static string? Find(string side, IReadOnlyList<PortInfo> ports) =>
        ports.FirstOrDefault(static port => port.ElementType == ElementType.String) is { } found
            ? $"{side} {found.Name ?? $"#{found.Index}"}"
            : null;
}
