using Microsoft.Extensions.Logging.Abstractions;
using Ovms.Devices.Health;
using Ovms.Native;
using Ovms.Status;

namespace Ovms.Tests.Devices.Health;

/// <summary>Lost calls are counted by process, so these tests run alone.</summary>
[NotInParallel]
public sealed class DeviceCallsTests
{
    [Test]
    public async Task CallThatIsDone_ChangesNothing()
    {
        using Core first = new();
        using EngineCores cores = new(first, static () => new Core());
        DeviceCalls calls = new(cores, NullLogger.Instance);
        bool isDone = false;

        Outcome outcome = await calls.RunAsync(first, ["GPU.0"], "trying", () => isDone = true);

        await Assert.That(outcome.IsOk && isDone).IsTrue();
        await Assert.That(cores.Current).IsSameReferenceAs(first);
        await Assert.That(calls.LossesOf(first, "GPU.0")).IsEqualTo((0, null));
    }

    [Test]
    public async Task LostCall_GivesNewModelsANewCore_AndTheDeviceIsAskedBeforeItsNextLoad()
    {
        using Core first = new();
        using EngineCores cores = new(first, static () => new Core());
        DeviceCalls calls = new(cores, NullLogger.Instance);
        using ManualResetEventSlim end = new();

        Outcome outcome = await calls.RunAsync(first, ["GPU.0"], "freeing m", end.Wait, TimeSpan.FromMilliseconds(20));

        await Assert.That(outcome.Code).IsEqualTo(StatusCode.DeviceFailed);
        await Assert.That(outcome.Detail!).Contains("GPU.0: freeing m did not end").And.Contains("until the server is restarted");
        await Assert.That(cores.Current).IsNotSameReferenceAs(first);
        await Assert.That(calls.LossesOf(first, "GPU.0").Lost).IsEqualTo(1);
        await Assert.That(calls.LossesOf(cores.Current, "GPU.0").Lost).IsEqualTo(0);
        await Assert.That(Refusals(calls, "GPU.1", why: "it fails")).IsEmpty();
        await Assert.That(Refusals(calls, "GPU.0", why: "it fails").Single()).Contains("GPU.0 broke a call into OpenVINO and fails since: it fails");
        await Assert.That(Refusals(calls, "GPU.0", why: null)).IsEmpty();
        await Assert.That(Refusals(calls, "GPU.0", why: "it is not asked again")).IsEmpty();
        end.Set();
    }

    [Test]
    public async Task TooManyLostCalls_LeaveTheDeviceAlone()
    {
        using Core core = new();
        using EngineCores cores = new(core);
        DeviceCalls calls = new(cores, NullLogger.Instance);
        using ManualResetEventSlim end = new();
        for (int call = 0; DeviceCalls.Lost < DeviceCalls.MostLost; call++)
        {
            await calls.RunAsync(core, ["GPU.0"], "freeing m", end.Wait, TimeSpan.Zero);
        }

        Outcome outcome = await calls.RunAsync(core, ["GPU.0"], "freeing m", static () => throw new InvalidOperationException("It was made."));
        await Assert.That(outcome.Detail!).Contains("8 calls into OpenVINO's plugins were lost");
        await Assert.That(Refusals(calls, "GPU.0", why: null).Single()).Contains("until the server is restarted");
        await Assert.That((await calls.RunAsync(core, ["GPU.1"], "freeing m", static () => { })).IsOk).IsTrue();
        end.Set();
    }

    private static string[] Refusals(DeviceCalls calls, string device, string? why) =>
        [.. calls.Refusals(name => name == device, _ => why).Select(static item => item.Refusal.Detail!)];
}
