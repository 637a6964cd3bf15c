using Ovms.Devices;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Devices;

public sealed class HardwareProbeTests
{
    [Test]
    public async Task BareMachine_ShowsNothing()
    {
        using TemporaryFolder root = new();

        HardwareTraces traces = new HardwareProbe(root.Path, static _ => true, static _ => false).Look();

        await Assert.That(traces.RenderNodes).IsEmpty();
        await Assert.That(traces.AccelNodes).IsEmpty();
        await Assert.That(traces.WslNode).IsNull();
        await Assert.That(traces.HasOpenCl).IsFalse();
        await Assert.That(traces.HasOpenClDriver).IsFalse();
        await Assert.That(traces.HasLevelZero).IsFalse();
        await Assert.That(traces.HasNpuDriver).IsFalse();
    }

    [Test]
    public async Task NodesLoadersAndDrivers_AreSeen()
    {
        using TemporaryFolder root = new();
        root.Touch("dev/dri/card0", "dev/dri/renderD129", "dev/dri/renderD128", "dev/accel/accel0", "dev/dxg");
        root.Write("etc/OpenCL/vendors/intel.icd", "/usr/lib/x86_64-linux-gnu/intel-opencl/libigdrcl.so\n"u8);

        HardwareTraces traces = new HardwareProbe(root.Path, static path => !path.EndsWith("renderD129", StringComparison.Ordinal), static _ => true).Look();

        await Assert.That(traces.RenderNodes).IsEquivalentTo(new[] { new DeviceNode("/dev/dri/renderD128", true), new DeviceNode("/dev/dri/renderD129", false) });
        await Assert.That(traces.AccelNodes).IsEquivalentTo(new[] { new DeviceNode("/dev/accel/accel0", true) });
        await Assert.That(traces.WslNode).IsEqualTo(new DeviceNode("/dev/dxg", true));
        await Assert.That(traces.HasOpenClDriver).IsTrue();
    }

    // The image of target cpu has no plugins for GPU and NPU: with all drivers there, that alone is missing.
    [Test]
    [Arguments("GPU", "openvino_intel_gpu_plugin", "target gpu")]
    [Arguments("NPU", "openvino_intel_npu_plugin", "target npu")]
    public async Task PluginThatIsNotInTheFolder_IsNamed(string type, string plugin, string remedy)
    {
        using TemporaryFolder root = new();
        root.Touch("dev/dri/renderD128", "dev/accel/accel0");
        root.Write("etc/OpenCL/vendors/intel.icd", "libigdrcl.so"u8);
        HardwareProbe probe = new(root.Path, static _ => true, static _ => true, root["lib"]);
        await Assert.That(probe.Look().MissingFor(type).Single()).Contains(plugin).And.Contains(remedy);

        root.Touch(OperatingSystem.IsWindows() ? $"lib/{plugin}.dll" : $"lib/lib{plugin}.so");
        await Assert.That(probe.Look().MissingFor(type)).IsEmpty();
    }

    [Test]
    public async Task DriverOfAnotherMaker_IsNotIntels()
    {
        using TemporaryFolder root = new();
        root.Write("etc/OpenCL/vendors/pocl.icd", "libpocl.so.2\n"u8);

        await Assert.That(new HardwareProbe(root.Path, static _ => true, static _ => true).Look().HasOpenClDriver).IsFalse();
    }

    [Test]
    public async Task Libraries_AreAskedForByTheNamesThatPluginsUse()
    {
        using TemporaryFolder root = new();
        List<string> asked = [];

        new HardwareProbe(root.Path, static _ => true, name => { asked.Add(name); return false; }).Look();

        await Assert.That(asked).Contains(OperatingSystem.IsWindows() ? "OpenCL.dll" : "libOpenCL.so.1");
        await Assert.That(asked).Contains(OperatingSystem.IsWindows() ? "ze_loader.dll" : "libze_loader.so.1");
    }

    [Test]
    public async Task CpuName_IsReadFromProc()
    {
        using TemporaryFolder root = new();
        root.Write("proc/cpuinfo", "processor\t: 0\nmodel name\t: Intel(R) Core(TM) Ultra 7 155H\n"u8);

        await Assert.That(new HardwareProbe(root.Path, static _ => true, static _ => true).CpuName).IsEqualTo("Intel(R) Core(TM) Ultra 7 155H");
    }

    [Test]
    public async Task NoProc_IsNoticedOnLinux()
    {
        using TemporaryFolder root = new();
        HardwareProbe probe = new(root.Path, static _ => true, static _ => true);

        await Assert.That(probe.HasProc).IsEqualTo(!OperatingSystem.IsLinux());
        await Assert.That(probe.CpuName).IsNotEmpty();
        root.Touch("proc/self/stat");
        await Assert.That(probe.HasProc).IsTrue();
    }

    [Test]
    public async Task FileThatCanBeOpened_IsSeenAsSuchOnThisMachine()
    {
        // The real checks, on files that are everywhere.
        await Assert.That(HardwareProbe.OfThisMachine().HasProc).IsTrue();
        await Assert.That(HardwareProbe.OfThisMachine().Look()).IsNotNull();
    }
}
