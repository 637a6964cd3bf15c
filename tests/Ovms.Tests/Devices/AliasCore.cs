using Ovms.Devices;
using Ovms.Native;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Devices;

/// <summary>
/// OpenVINO with the CPU plugin registered under two more names, so that a machine with nothing but a CPU has several devices. A name
/// must contain CPU.
/// </summary>
internal static class AliasCore
{
    private static readonly Lazy<(Core Core, KnownDevices Known)> s_made = new(Make);

    /// <summary>One for all tests; it is thread-safe.</summary>
    internal static Core Core => s_made.Value.Core;

    /// <summary>Its device names.</summary>
    internal static KnownDevices Known => s_made.Value.Known;

    private static (Core Core, KnownDevices Known) Make()
    {
        OpenVinoLibrary.Load();
        string plugin = Path.Combine(OpenVinoLibrary.Directory, OperatingSystem.IsWindows() ? "openvino_intel_cpu_plugin.dll" : "libopenvino_intel_cpu_plugin.so");
        using TemporaryFolder folder = new();
        string file = folder.Write("plugins.xml", System.Text.Encoding.UTF8.GetBytes($"""
            <ie>
              <plugins>
                <plugin name="CPU" location="{plugin}"/>
                <plugin name="GPU_ON_CPU" location="{plugin}"/>
                <plugin name="NPU_ON_CPU" location="{plugin}"/>
              </plugins>
            </ie>
            """));
        return (new Core(file), KnownDevices.Read(file).Value!);
    }
}
