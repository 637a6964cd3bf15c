using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Ovms.Devices;

/// <summary>
/// Collects <see cref="HardwareTraces"/> on this machine: device files and libraries. Loads no OpenVINO plugin and takes well under a
/// millisecond.
/// </summary>
/// <param name="root">The folder that contains <c>/dev</c>, <c>/etc</c> and <c>/proc</c>.</param>
/// <param name="canOpen">Whether this process may read and write a file.</param>
/// <param name="canLoad">Whether a library can be loaded, by file name.</param>
/// <param name="runtimeFolder">OpenVINO's folder; null while it is not loaded.</param>
internal sealed class HardwareProbe(string root, Func<string, bool> canOpen, Func<string, bool> canLoad, string? runtimeFolder = null)
{
    private static readonly string[] s_plugins = ["GPU", "NPU"];

    /// <summary>A probe of this machine.</summary>
    /// <param name="runtimeFolder">OpenVINO's folder, where its plugins look for libraries first; null if it is not loaded.</param>
    public static HardwareProbe OfThisMachine(string? runtimeFolder = null) =>
        new("/", CanOpen, name => CanLoad(name, runtimeFolder), runtimeFolder);

    /// <summary>Device files; loads nothing.</summary>
    public ImmutableArray<DeviceNode> RenderNodes => Nodes("dev/dri", "renderD*");

    /// <inheritdoc cref="RenderNodes"/>
    public ImmutableArray<DeviceNode> AccelNodes => Nodes("dev/accel", "accel*");

    /// <inheritdoc cref="RenderNodes"/>
    public DeviceNode? WslNode => File.Exists(Under("dev/dxg")) ? Node(Under("dev/dxg")) : null;

    /// <summary>The CPU's name; the architecture if the system does not report one.</summary>
    public string CpuName
    {
        get
        {
            const string Key = "model name";
            try
            {
                string? line =
                    File.ReadLines(Under("proc/cpuinfo")).FirstOrDefault(static line => line.StartsWith(Key, StringComparison.Ordinal));
                if (line?.Split(':', 2) is [_, { } name] && name.Trim().Length > 0)
                {
                    return name.Trim();
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // No /proc, or Windows: the fallback is good enough for a log line.
            }

            return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? RuntimeInformation.ProcessArchitecture.ToString();
        }
    }

    /// <summary>Whether the CPU plugin can compile: without <c>/proc</c> it never returns on Linux.</summary>
    public bool HasProc => !OperatingSystem.IsLinux() || Path.Exists(Under("proc/self"));

    /// <summary>Collects all traces; loads the loaders of GPU and NPU to see whether they are installed.</summary>
    public HardwareTraces Look() => new(
        RenderNodes,
        WslNode,
        AccelNodes,
        HasOpenCl: canLoad(OperatingSystem.IsWindows() ? "OpenCL.dll" : "libOpenCL.so.1"),
        HasOpenClDriver: OperatingSystem.IsWindows() || HasOpenClDriver(),
        HasLevelZero: canLoad(OperatingSystem.IsWindows() ? "ze_loader.dll" : "libze_loader.so.1"),
        HasNpuDriver: OperatingSystem.IsWindows() || canLoad("libze_intel_npu.so.1"))
    {
        IsWindows = OperatingSystem.IsWindows(),
        AbsentPlugins = runtimeFolder is null ? [] : [.. s_plugins.Select(Plugin).Where(static plugin => !File.Exists(plugin.Path))],
    };

    /// <summary>The OpenCL loader reads a driver's file name from each <c>*.icd</c>; Intel's is libigdrcl.</summary>
    private bool HasOpenClDriver()
    {
        try
        {
            return Files("etc/OpenCL/vendors", "*.icd").Any(static file =>
                File.ReadLines(file).Any(static line => line.Contains("igdrcl", StringComparison.Ordinal)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private (string Type, string Path) Plugin(string type)
    {
        string name = $"openvino_intel_{type.ToLowerInvariant()}_plugin";
        return (type, Path.Combine(runtimeFolder!, OperatingSystem.IsWindows() ? $"{name}.dll" : $"lib{name}.so"));
    }

    private ImmutableArray<DeviceNode> Nodes(string folder, string pattern) =>
        [.. Files(folder, pattern).Order(StringComparer.Ordinal).Select(Node)];

    private IEnumerable<string> Files(string folder, string pattern) =>
        Directory.Exists(Under(folder)) ? Directory.EnumerateFiles(Under(folder), pattern) : [];

    private DeviceNode Node(string path) => new("/" + Path.GetRelativePath(root, path).Replace('\\', '/'), canOpen(path));

    private string Under(string path) => Path.Combine(root, path);

    private static bool CanOpen(string path)
    {
        try
        {
            using Microsoft.Win32.SafeHandles.SafeFileHandle handle =
                File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
        catch (IOException)
        {
            // The failure is not about permissions: a device file that is busy or cannot seek still exists and may be used.
            return true;
        }
    }

    private static bool CanLoad(string name, string? folder)
    {
        bool isLoaded = NativeLibrary.TryLoad(name, out IntPtr library)
            || (folder is not null && NativeLibrary.TryLoad(Path.Combine(folder, name), out library));
        if (isLoaded)
        {
            NativeLibrary.Free(library);
        }

        return isLoaded;
    }
}
