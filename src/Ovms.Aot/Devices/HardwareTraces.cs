using System.Collections.Immutable;

namespace Ovms.Devices;

/// <summary>A device file, and whether this process may use it.</summary>
internal readonly record struct DeviceNode(string Path, bool CanOpen);

/// <summary>Signs of GPU and NPU that are visible without OpenVINO: device files, loaders and drivers.</summary>
/// <param name="RenderNodes"><c>/dev/dri/renderD*</c>: GPUs on bare metal and in containers.</param>
/// <param name="WslNode"><c>/dev/dxg</c>: the GPU of the Windows host in WSL2; null elsewhere.</param>
/// <param name="AccelNodes"><c>/dev/accel/accel*</c>: NPUs.</param>
/// <param name="HasOpenCl">Whether the OpenCL loader can be loaded; the GPU plugin is linked to it.</param>
/// <param name="HasOpenClDriver">Whether an Intel driver is registered with that loader.</param>
/// <param name="HasLevelZero">Whether the Level Zero loader can be loaded; the NPU plugin opens it.</param>
/// <param name="HasNpuDriver">Whether the NPU's Level Zero driver can be loaded.</param>
internal sealed record HardwareTraces(
    ImmutableArray<DeviceNode> RenderNodes,
    DeviceNode? WslNode,
    ImmutableArray<DeviceNode> AccelNodes,
    bool HasOpenCl,
    bool HasOpenClDriver,
    bool HasLevelZero,
    bool HasNpuDriver)
{
    /// <summary>
    /// Plugins of OpenVINO that are not in its folder, as device type and path: the smallest package has none for GPU and NPU.
    /// </summary>
    public ImmutableArray<(string Type, string Path)> AbsentPlugins { get; init; } = [];

    /// <summary>Whether this is Windows, which has no device files: a driver brings its loader with it.</summary>
    public bool IsWindows { get; init; }

    /// <summary>What is missing for a device type, one clause each; empty if nothing is, or if the type is neither GPU nor NPU.</summary>
    public IReadOnlyList<string> MissingFor(string type) => type switch
    {
        "GPU" when IsWindows => [.. MissingPlugin(type), .. MissingOnWindows(HasOpenCl, "OpenCL.dll", "graphics")],
        "NPU" when IsWindows => [.. MissingPlugin(type), .. MissingOnWindows(HasLevelZero, "ze_loader.dll", "NPU")],
        "GPU" => [.. MissingPlugin(type), .. MissingForGpu()],
        "NPU" => [.. MissingPlugin(type), .. MissingForNpu()],
        _ => [],
    };

    private IEnumerable<string> MissingPlugin(string type) => AbsentPlugins
        .Where(plugin => plugin.Type == type)
        .Select(plugin => $"OpenVINO's plugin is not there, {plugin.Path}"
            + (IsWindows ? "" : $" (container: the image of target {type.ToLowerInvariant()} has it)"));

    private static IEnumerable<string> MissingOnWindows(bool hasLoader, string loader, string driver) => hasLoader
        ? []
        : [$"{loader} is not installed (Intel's {driver} driver for Windows brings it)"];

    private IEnumerable<string> MissingForGpu()
    {
        if (RenderNodes.IsEmpty && WslNode is null)
        {
            yield return "there is no /dev/dri/render* (nor /dev/dxg, which WSL2 has): no GPU, no kernel driver for it, "
                + "or not passed into the container (--device /dev/dri; in WSL2 --device /dev/dxg)";
        }
        else if (!RenderNodes.Any(static node => node.CanOpen) && WslNode is not { CanOpen: true })
        {
            yield return NotOpenable(RenderNodes.IsEmpty ? WslNode!.Value.Path : RenderNodes[0].Path);
        }

        if (!HasOpenCl)
        {
            yield return "libOpenCL.so.1 is not installed (Debian: ocl-icd-libopencl1)";
        }

        if (!HasOpenClDriver)
        {
            yield return "no Intel OpenCL driver is registered in /etc/OpenCL/vendors (Debian: intel-opencl-icd)";
        }
    }

    private IEnumerable<string> MissingForNpu()
    {
        if (AccelNodes.IsEmpty)
        {
            yield return WslNode is null
                ? "there is no /dev/accel/accel*: no NPU, no kernel driver (intel_vpu) for it, "
                    + "or not passed into the container (--device /dev/accel)"
                : "there is no /dev/accel/accel*, and WSL2 does not pass an NPU on";
        }
        else if (!AccelNodes.Any(static node => node.CanOpen))
        {
            yield return NotOpenable(AccelNodes[0].Path);
        }

        if (!HasLevelZero)
        {
            yield return "libze_loader.so.1, the Level Zero loader, is not installed";
        }

        if (!HasNpuDriver)
        {
            yield return "libze_intel_npu.so.1, the NPU's user-space driver, is not installed";
        }
    }

    private static string NotOpenable(string node) =>
        $"{node} may not be opened by this user, who must be in the group that owns it, usually render "
            + "(container: --group-add with that group's number)";
}
