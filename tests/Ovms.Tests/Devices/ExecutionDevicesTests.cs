using Ovms.Devices;

namespace Ovms.Tests.Devices;

public sealed class ExecutionDevicesTests
{
    [Test]
    [Arguments("GPU.0", "GPU.0", false, false)]
    [Arguments("GPU.0 CPU", "GPU.0, CPU", false, false)]
    [Arguments("(CPU)", "(CPU)", true, true)]
    [Arguments("CPU", "CPU", false, true)]
    [Arguments("", "", false, false)]
    public async Task PropertyOfOpenVino_IsRead(string property, string text, bool areTemporary, bool isCpuAlone)
    {
        ExecutionDevices devices = ExecutionDevices.From(property);
        await Assert.That(devices.Text).IsEqualTo(text);
        await Assert.That(devices.AreTemporary).IsEqualTo(areTemporary);
        await Assert.That(devices.IsCpuAlone).IsEqualTo(isCpuAlone);
        await Assert.That(ExecutionDevices.From(text).Text).IsEqualTo(text);
    }

    [Test]
    [Arguments("AUTO:GPU,CPU", null, "(CPU)", false, false)]
    [Arguments("AUTO:GPU,CPU", null, "GPU.0", true, false)]
    [Arguments("AUTO:GPU,CPU", "GPU.0", "CPU", false, true)]
    [Arguments("AUTO:GPU,CPU", null, "CPU", true, true)]
    [Arguments("AUTO:GPU,CPU", null, "CPU", false, true)]
    [Arguments("AUTO:CPU,GPU", null, "CPU", false, false)]
    [Arguments("AUTO:GPU.1,GPU.0", "GPU.1", "GPU.0", false, true)]
    [Arguments("AUTO", null, "CPU", false, false)]
    [Arguments("AUTO", null, "CPU", true, true)]
    [Arguments("AUTO", "GPU.0", "CPU", false, true)]
    [Arguments("AUTO:-GPU", null, "CPU", false, false)]
    [Arguments("MULTI:GPU,CPU", "GPU.0 CPU", "CPU", false, true)]
    [Arguments("MULTI:GPU,CPU", "GPU.0 CPU", "GPU.0 CPU", false, false)]
    [Arguments("MULTI:GPU.0,GPU.1", "GPU.0 GPU.1", "GPU.1", false, true)]
    [Arguments("MULTI:GPU,CPU", null, "CPU", false, true)]
    [Arguments("HETERO:GPU,CPU", "GPU.0", "CPU", false, false)]
    [Arguments("CPU", null, "CPU", false, false)]
    public async Task ModelThatCouldRunBetter_HasFallen(string asked, string? best, string now, bool wasTemporary, bool hasFallen) =>
        await Assert.That(ExecutionDevices.From(now).HaveFallen(
            TargetDevice.Parse(asked).Value!,
            best is null ? null : ExecutionDevices.From(best),
            wasTemporary)).IsEqualTo(hasFallen);
}
