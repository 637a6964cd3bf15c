using Ovms.Devices;
using Ovms.Devices.Health;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Devices;

public sealed class DeviceInventoryTests
{
    [Test]
    [Arguments("CPU")]
    [Arguments("AUTO")]
    [Arguments("AUTO:CPU")]
    [Arguments("AUTO:-GPU")]
    [Arguments("HETERO:CPU")]
    [Arguments("BATCH:CPU(16)")]
    public async Task StringThatNeedsOnlyTheCpu_AsksForNoDevice(string device)
    {
        DevicePresence presence = Inventory().Find(TargetDevice.Parse(device).Value!);

        await Assert.That(presence.Found).IsEmpty();
        await Assert.That(presence.Has(new DeviceName("CPU"))).IsTrue();
    }

    [Test]
    [Arguments("AUTO:GPU,CPU", "GPU")]
    [Arguments("HETERO:CPU,NPU", "NPU")]
    [Arguments("MULTI:NPU,GPU", "GPU NPU")]
    [Arguments("AUTO:-CPU", "GPU NPU")]
    public async Task OtherStrings_AskForTheTypesTheyName(string device, string asked)
    {
        DevicePresence presence = Inventory().Find(TargetDevice.Parse(device).Value!);

        await Assert.That(string.Join(' ', presence.Found.Keys.Order(StringComparer.Ordinal))).IsEqualTo(asked);
    }

    [Test]
    public async Task AbsentDevice_HasReasonsAndPresentOneHasNone()
    {
        DevicePresence presence = Inventory().FindAll();

        foreach (string type in (string[])["GPU", "NPU"])
        {
            await Assert.That(presence.Reasons.ContainsKey(type)).IsEqualTo(!presence.Has(new DeviceName(type)));
        }
    }

    [Test]
    public async Task PluginOfTheXml_IsThereUnderItsName()
    {
        DevicePresence presence = new DeviceInventory(new EngineCores(AliasCore.Core), AliasCore.Known, HardwareProbe.OfThisMachine()).Find(TargetDevice.Parse("HETERO:GPU_ON_CPU,CPU").Value!);

        await Assert.That(presence.Has(new DeviceName("GPU_ON_CPU"))).IsTrue();
        await Assert.That(presence.Describe()).IsEqualTo("CPU, GPU_ON_CPU");
    }

    [Test]
    public async Task StartLine_TellsWhatDevShows()
    {
        if (OperatingSystem.IsWindows())
        {
            Skip.Test("Windows has no /dev.");
        }

        using TemporaryFolder root = new();
        root.Write("proc/cpuinfo", "model name : A CPU\n"u8);
        HardwareProbe probe = new(root.Path, static path => !path.EndsWith("accel0", StringComparison.Ordinal), static _ => throw new InvalidOperationException("Nothing is loaded for a log line."));

        await Assert.That(DeviceInventory.DescribeWithoutPlugins(probe)).IsEqualTo("CPU (A CPU); GPU: no /dev/dri/render* or /dev/dxg; NPU: no /dev/accel/accel*");
        root.Touch("dev/dri/renderD128", "dev/accel/accel0", "dev/dxg");
        await Assert.That(DeviceInventory.DescribeWithoutPlugins(probe)).IsEqualTo("CPU (A CPU); GPU: /dev/dri/renderD128, /dev/dxg; NPU: /dev/accel/accel0 (may not be opened by this user)");
        await Assert.That(DeviceInventory.DescribeWithoutPlugins()).StartsWith("CPU (");
    }

    private static DeviceInventory Inventory() => new(new EngineCores(Engine.Core), KnownDevices.BuiltIn, HardwareProbe.OfThisMachine());
}
