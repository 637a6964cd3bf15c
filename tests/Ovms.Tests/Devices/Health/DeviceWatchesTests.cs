using Ovms.Devices.Health;
using Ovms.Tests.Serving.Lifecycle;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Devices.Health;

/// <summary>What is freed when, with the CPU in the place of a device that is well.</summary>
public sealed class DeviceWatchesTests
{
    private readonly FakeClock _clock = new();
    private readonly ManagedModels.Lines _log = new();

    [Test]
    public async Task ModelWithTroubleOfItsOwn_StaysUntilThatIsOver_AndCounts()
    {
        DeviceWatches watches = new(new EngineCores(Engine.Core), _clock, _log);
        string? trouble = "an inference with zeros on it has not ended";
        int asked = 0;
        int freed = 0;
        await watches.FreeAsync("m", Engine.Core, ["CPU"], Task.CompletedTask, Ask, () => freed++);
        DeviceWatch watch = watches.Of("CPU");
        await Assert.That(watch.LeftBehind).IsEqualTo(1);
        await Assert.That(_log.ToString()).Contains("Model m was unloaded but is not freed, because of CPU: an inference with zeros");

        // A second one that is well is not held up, and the first one is not told of again.
        await watches.FreeAsync("n", Engine.Core, ["CPU"], Task.CompletedTask, static () => Task.FromResult<string?>(null), () => freed++);
        await Assert.That(freed).IsEqualTo(1);
        for (int seconds = 1; seconds <= 4; seconds *= 2)
        {
            await Assert.That((await _clock.WhenSetAsync()).TotalSeconds).IsEqualTo(seconds);
            trouble = seconds < 4 ? trouble : null;
            _clock.Advance(TimeSpan.FromSeconds(seconds));
        }

        while (_log.Count("computes again") == 0)
        {
            await Task.Delay(1);
        }

        await Assert.That(watch.LeftBehind).IsEqualTo(0);

        await Assert.That(freed).IsEqualTo(2);
        await Assert.That(asked).IsEqualTo(4);
        await Assert.That(_log.Count("was unloaded but is not freed")).IsEqualTo(1);
        await Assert.That(_log.Count("CPU computes again; models left behind on it that are freed now: 1")).IsEqualTo(1);

        Task<string?> Ask()
        {
            asked++;
            return Task.FromResult<string?>(trouble);
        }
    }

    [Test]
    public async Task EndOfTheProcess_FreesNothing()
    {
        DeviceWatches watches = new(new EngineCores(Engine.Core), _clock, _log);
        int freed = 0;
        watches.End();
        await watches.FreeAsync("m", Engine.Core, ["CPU"], new TaskCompletionSource().Task, static () => new TaskCompletionSource<string?>().Task, () => freed++);
        await Assert.That(freed).IsEqualTo(0);
        await Assert.That(watches.Of("CPU").LeftBehind).IsEqualTo(0);
    }

    [Test]
    public async Task CoresThatWereUsedInVain_AreFew()
    {
        int made = 0;
        using EngineCores cores = new(new Ovms.Native.Core(), Make);
        await Task.Delay(TimeSpan.FromSeconds(1.1));
        for (int i = 0; i < 10; i++)
        {
            await Assert.That(cores.TryRenew(static _ => false, usesDevices: true)).IsFalse();
        }

        await Assert.That(made).IsEqualTo(4);
        await Assert.That(cores.TryRenew(static _ => true)).IsTrue().Because("a device that came later is still looked for");

        Ovms.Native.Core Make()
        {
            made++;
            return new Ovms.Native.Core();
        }
    }
}
