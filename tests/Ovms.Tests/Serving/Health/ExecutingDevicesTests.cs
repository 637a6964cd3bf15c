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

    private ExecutingDevices Make(string asked, string executing, string? streams) =>
        new(key => _reported.GetValueOrDefault(key), TargetDevice.Parse(asked).Value!, executing, streams);

    private Task<DeviceChange?> ChangeAsync(ExecutingDevices devices, string executing, string? streams)
    {
        _reported["EXECUTION_DEVICES"] = executing;
        _reported[ExecutingDevices.StreamsKey] = streams;
        return devices.LookAsync();
    }
}
