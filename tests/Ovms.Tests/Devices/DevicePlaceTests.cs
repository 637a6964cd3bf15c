using Ovms.Devices;

namespace Ovms.Tests.Devices;

internal sealed class DevicePlaceTests
{
    [Test]
    [Arguments("CPU", "CPU")]
    [Arguments("GPU.1", "GPU.1")]
    [Arguments("AUTO:GPU,CPU", "GPU,CPU")]
    [Arguments("AUTO:NPU,GPU.1(2),CPU", "NPU,GPU.1,CPU")]
    [Arguments("AUTO:GPU,CPU,-CPU", "GPU")]
    [Arguments("AUTO", "CPU,GPU.1,GPU.0")]
    [Arguments("AUTO:-CPU", "GPU.1,GPU.0")]
    [Arguments("AUTO:-GPU.1", "CPU,GPU.0")]
    [Arguments("AUTO:-CPU,-GPU", "")]
    public async Task DevicesAreTriedInOrder(string asked, string expected)
    {
        IEnumerable<TargetDevice> order =
            DevicePlace.InOrder(TargetDevice.Parse(asked).Value!, static () => [new DeviceName("GPU", "1"), new DeviceName("GPU", "0")]);

        await Assert.That(string.Join(',', order)).IsEqualTo(expected);
    }

    [Test]
    [Arguments("AUTO")]
    [Arguments("AUTO:GPU,CPU")]
    public async Task GpusAreNotLookedForWhileTheFirstDeviceIsEnough(string asked)
    {
        bool isAsked = false;
        _ = DevicePlace.InOrder(
                TargetDevice.Parse(asked).Value!,
                () =>
                {
                    isAsked = true;
                    return [];
                })
            .First();

        await Assert.That(isAsked).IsFalse();
    }
}
