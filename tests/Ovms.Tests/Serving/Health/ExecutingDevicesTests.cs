using Ovms.Devices;
using Ovms.Serving.Health;

namespace Ovms.Tests.Serving.Health;

internal sealed class ExecutingDevicesTests
{
    private readonly Dictionary<string, string> _says = [];

    [Test]
    [Arguments("AUTO", "CPU", true)]
    [Arguments("AUTO:-GPU.1", "CPU", true)]
    [Arguments("AUTO", "(CPU)", false)]
    [Arguments("AUTO", "GPU.0", false)]
    [Arguments("AUTO:CPU", "CPU", false)]
    [Arguments("CPU", "CPU", false)]
    public async Task OnlyAFreeChoiceOfTheCpu_IsOutdatedByANewCore(string asked, string executing, bool isOutdated)
    {
        ExecutingDevices devices = new(Read, TargetDevice.Parse(asked).Value!, executing, "1") { IsOfFormerCore = static () => true };
        await Assert.That(devices.MayMissDevices).IsEqualTo(isOutdated);
        await Assert.That(devices.IsOutdated).IsEqualTo(isOutdated);
        await Assert.That(Make(asked, executing).IsOutdated).IsFalse();
    }

    [Test]
    public async Task FreeChoiceWhoseGpuWasLeftOut_HasFallen()
    {
        await Assert.That(Make("AUTO", "CPU").HaveFallen).IsFalse();
        await Assert.That(new ExecutingDevices(Read, TargetDevice.Parse("AUTO").Value!, "CPU", "1") { LeavesOut = true }.HaveFallen).IsTrue();
    }

    [Test]
    public async Task StreamsOnTheCpu_FollowTheDevices()
    {
        List<int> told = [];
        ExecutingDevices devices = Make("AUTO:GPU,CPU", "(CPU)");
        devices.CpuStreamsRead = told.Add;
        await Assert.That(await devices.LookAsync()).IsNull();
        (_says["EXECUTION_DEVICES"], _says[ExecutingDevices.StreamsKey]) = ("GPU.0", "2");
        await devices.LookAsync();
        (_says["EXECUTION_DEVICES"], _says[ExecutingDevices.StreamsKey]) = ("CPU", "3");
        await devices.LookAsync();
        await Assert.That(told).IsEquivalentTo([0, 3]);
    }

    private ExecutingDevices Make(string asked, string executing) => new(Read, TargetDevice.Parse(asked).Value!, executing, "1");

    private string? Read(string key) => _says.GetValueOrDefault(key);
}
