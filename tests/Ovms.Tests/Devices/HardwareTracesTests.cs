using System.Collections.Immutable;
using Ovms.Devices;

namespace Ovms.Tests.Devices;

public sealed class HardwareTracesTests
{
    private static readonly HardwareTraces s_full = new(
        [new DeviceNode("/dev/dri/renderD128", true)], null, [new DeviceNode("/dev/accel/accel0", true)], HasOpenCl: true, HasOpenClDriver: true, HasLevelZero: true, HasNpuDriver: true);

    private static readonly HardwareTraces s_bare = new([], null, [], HasOpenCl: false, HasOpenClDriver: false, HasLevelZero: false, HasNpuDriver: false);

    [Test]
    [Arguments("GPU")]
    [Arguments("NPU")]
    [Arguments("CPU")]
    public async Task NothingMissing_NamesNothing(string type)
    {
        await Assert.That(s_full.MissingFor(type)).IsEmpty();
    }

    [Test]
    public async Task BareMachine_NamesAllThatAGpuNeeds()
    {
        string missing = string.Join('\n', s_bare.MissingFor("GPU"));

        await Assert.That(s_bare.MissingFor("GPU").Count).IsEqualTo(3);
        await Assert.That(missing).Contains("/dev/dri/render*");
        await Assert.That(missing).Contains("/dev/dxg");
        await Assert.That(missing).Contains("libOpenCL.so.1");
        await Assert.That(missing).Contains("intel-opencl-icd");
        await Assert.That(missing).DoesNotContain("accel");
    }

    [Test]
    public async Task BareMachine_NamesAllThatAnNpuNeeds()
    {
        string missing = string.Join('\n', s_bare.MissingFor("NPU"));

        await Assert.That(s_bare.MissingFor("NPU").Count).IsEqualTo(3);
        await Assert.That(missing).Contains("/dev/accel/accel*");
        await Assert.That(missing).Contains("libze_loader.so.1");
        await Assert.That(missing).Contains("libze_intel_npu.so.1");
        await Assert.That(missing).DoesNotContain("OpenCL");
    }

    // Windows has no device files, no containers of ours and no packages of Debian.
    [Test]
    [Arguments("GPU", "OpenCL.dll", "graphics driver")]
    [Arguments("NPU", "ze_loader.dll", "NPU driver")]
    public async Task BareWindows_NamesItsLibrariesAlone(string type, string loader, string driver)
    {
        HardwareTraces windows = s_bare with { IsWindows = true, AbsentPlugins = [(type, @"C:\ovms\lib\plugin.dll")] };
        string missing = string.Join('\n', windows.MissingFor(type));
        await Assert.That(windows.MissingFor(type).Count).IsEqualTo(2);
        await Assert.That(missing).Contains(loader).And.Contains(driver).And.Contains(@"C:\ovms\lib\plugin.dll");
        await Assert.That(missing).DoesNotContain("/dev").And.DoesNotContain("Debian").And.DoesNotContain("container");
        await Assert.That((s_full with { IsWindows = true, RenderNodes = [], AccelNodes = [] }).MissingFor(type)).IsEmpty();
    }

    [Test]
    public async Task NodeThatMayNotBeOpened_NamesTheGroupAlone()
    {
        HardwareTraces traces = s_full with { RenderNodes = [new DeviceNode("/dev/dri/renderD128", false)], AccelNodes = [new DeviceNode("/dev/accel/accel0", false)] };

        await Assert.That(traces.MissingFor("GPU").Single()).StartsWith("/dev/dri/renderD128 may not be opened by this user, who must be in the group that owns it, usually render");
        await Assert.That(traces.MissingFor("NPU").Single()).StartsWith("/dev/accel/accel0 may not be opened");
    }

    [Test]
    public async Task OneNodeOfTwo_IsEnough()
    {
        ImmutableArray<DeviceNode> nodes = [new DeviceNode("/dev/dri/renderD128", false), new DeviceNode("/dev/dri/renderD129", true)];

        await Assert.That((s_full with { RenderNodes = nodes }).MissingFor("GPU")).IsEmpty();
    }

    [Test]
    public async Task Wsl_HasItsOwnNodeAndNoNpu()
    {
        HardwareTraces traces = s_full with { RenderNodes = [], WslNode = new DeviceNode("/dev/dxg", true), AccelNodes = [] };

        await Assert.That(traces.MissingFor("GPU")).IsEmpty();
        await Assert.That(traces.MissingFor("NPU").Single()).Contains("WSL2 does not pass an NPU on");
    }

    [Test]
    public async Task OnlyTheLoaderMissing_NamesItAlone()
    {
        await Assert.That((s_full with { HasOpenCl = false }).MissingFor("GPU").Single()).Contains("ocl-icd-libopencl1");
    }
}
