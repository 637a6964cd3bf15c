using Ovms.Devices;
using Ovms.Serving.Health;

namespace Ovms.Tests.Serving.Health;

internal sealed class ExecutingDevicesTests
{
    private readonly Dictionary<string, string?> _reported = [];

    // AUTO reports no streams of the CPU after it fell back to it.
    [Test]
    [Arguments("AUTO:GPU,CPU", "(CPU)", "4", "GPU.0", "2")]
    [Arguments("MULTI:GPU,CPU", "GPU.0 CPU", "GPU 2, CPU 4", "GPU.0 CPU", "GPU 2, CPU 4")]
    public async Task FallToTheCpu_KeepsTheStreamsThatAreKnownOfIt(string asked, string first, string streams, string next, string nextStreams)
    {
        ExecutingDevices devices = Make(asked, first, streams);
        await ChangeAsync(devices, next, nextStreams);
        await ChangeAsync(devices, "CPU", null);
        await Assert.That((devices.Text, devices.HaveFallen, devices.Streams, devices.StreamsText)).IsEqualTo(("CPU", true, 4, "; streams: 4"));
    }

    [Test]
    public async Task StreamsThatNothingReports_AreNotTold()
    {
        ExecutingDevices devices = Make("AUTO:GPU,CPU", "GPU.0", "2");
        await Assert.That(devices.StreamsText).IsEqualTo("; streams: 2");
        await ChangeAsync(devices, "CPU", null);
        await Assert.That((devices.Streams, devices.StreamsText)).IsEqualTo((0, ""));
    }

    [Test]
    public async Task SameDevices_AreNoChange()
    {
        ExecutingDevices devices = Make("AUTO:GPU,CPU", "GPU.0", "2");
        await Assert.That(await ChangeAsync(devices, "GPU.0", "2")).IsNull();
        DeviceChange? fall = await ChangeAsync(devices, "CPU", null);
        await Assert.That(fall).IsEqualTo(new DeviceChange("GPU.0", "CPU", IsFall: true));
    }

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
        await Assert.That(Make(asked, executing, "1").IsOutdated).IsFalse();
    }

    [Test]
    public async Task FreeChoiceWhoseGpuWasLeftOut_HasFallen()
    {
        await Assert.That(Make("AUTO", "CPU", "1").HaveFallen).IsFalse();
        await Assert.That(new ExecutingDevices(Read, TargetDevice.Parse("AUTO").Value!, "CPU", "1") { LeavesOut = true }.HaveFallen).IsTrue();
    }

    [Test]
    public async Task StreamsOnTheCpu_FollowTheDevices()
    {
        List<int> told = [];
        ExecutingDevices devices = Make("AUTO:GPU,CPU", "(CPU)", "1");
        devices.CpuStreamsRead = told.Add;
        await Assert.That(await devices.LookAsync()).IsNull();
        (_reported["EXECUTION_DEVICES"], _reported[ExecutingDevices.StreamsKey]) = ("GPU.0", "2");
        await devices.LookAsync();
        (_reported["EXECUTION_DEVICES"], _reported[ExecutingDevices.StreamsKey]) = ("CPU", "3");
        await devices.LookAsync();
        await Assert.That(told).IsEquivalentTo([0, 3]);
    }

    private ExecutingDevices Make(string asked, string executing, string? streams) =>
        new(Read, TargetDevice.Parse(asked).Value!, executing, streams);

    private string? Read(string key) => _reported.GetValueOrDefault(key);

    private Task<DeviceChange?> ChangeAsync(ExecutingDevices devices, string executing, string? streams)
    {
        _reported["EXECUTION_DEVICES"] = executing;
        _reported[ExecutingDevices.StreamsKey] = streams;
        return devices.LookAsync();
    }
}
