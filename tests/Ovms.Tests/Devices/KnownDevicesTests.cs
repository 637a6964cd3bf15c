using Ovms.Devices;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Devices;

public sealed class KnownDevicesTests
{
    [Test]
    [Arguments("CPU")]
    [Arguments("GPU.1")]
    [Arguments("NPU")]
    [Arguments("AUTO")]
    [Arguments("AUTO:-GPU")]
    [Arguments("HETERO:GPU,NPU,CPU")]
    [Arguments("BATCH:CPU(16)")]
    public async Task NamesOfOpenVino_AreKnown(string text)
    {
        await Assert.That(KnownDevices.BuiltIn.Check(TargetDevice.Parse(text).Value!).Text).IsEqualTo("OK");
    }

    [Test]
    [Arguments("FPGA", "\"FPGA\" is not a known device; known: CPU, GPU, NPU")]
    [Arguments("cpu", "Names are case-sensitive: did you mean CPU?")]
    [Arguments("Gpu.1", "did you mean GPU?")]
    [Arguments("HETERO:CPU,FPGA", "\"FPGA\" in HETERO:CPU,FPGA is not a known device")]
    [Arguments("AUTO:-FPGA", "\"FPGA\"")]
    [Arguments("AUT", "Did you mean AUTO?")]
    [Arguments("CPU.0", "there is only one CPU device and it has no number: write CPU")]
    [Arguments("GPU_ON_CPU", "is not a known device")]
    public async Task OtherNames_AreRefusedWithWhatMayHaveBeenMeant(string text, string expected)
    {
        Outcome check = KnownDevices.BuiltIn.Check(TargetDevice.Parse(text).Value!);

        await Assert.That(check.Code).IsEqualTo(StatusCode.TargetDeviceNotAvailable);
        await Assert.That(check.Detail!).Contains(expected);
    }

    [Test]
    public async Task PluginsXml_AddsItsNames()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("plugins.xml", """
            <?xml version="1.0"?>
            <ie><plugins>
              <!-- <plugin name="COMMENT"/> -->
              <plugin name="CPU" location="a.so"/><plugin name="GPU_ON_CPU" location="a.so"><properties/></plugin><plugin name="HETERO" location="b.so"/>
            </plugins></ie>
            """u8);

        await Assert.That(KnownDevices.Read(file).Value!.Names).IsEquivalentTo(new[] { "CPU", "GPU", "NPU", "GPU_ON_CPU" });
    }

    [Test]
    [Arguments("<ie><plugins>")]
    [Arguments("")]
    [Arguments("<!DOCTYPE x [<!ENTITY e 'y'>]><ie>&e;</ie>")]
    public async Task BrokenPluginsXml_IsRefusedByName(string content)
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("plugins.xml", System.Text.Encoding.UTF8.GetBytes(content));

        Outcome<KnownDevices> read = KnownDevices.Read(file);

        await Assert.That(read.Code).IsEqualTo(StatusCode.FileInvalid);
        await Assert.That(read.Detail!).Contains(file);
    }

    [Test]
    public async Task MissingPluginsXml_IsRefusedByName()
    {
        await Assert.That(KnownDevices.Read("/nowhere/plugins.xml").Detail!).Contains("/nowhere/plugins.xml");
    }
}
