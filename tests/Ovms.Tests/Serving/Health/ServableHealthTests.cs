using Ovms.Native;
using Ovms.Serving;
using Ovms.Serving.Health;
using Ovms.Serving.Requests;
using Ovms.Status;
using Ovms.Tests.Serving.Lifecycle;

namespace Ovms.Tests.Serving.Health;

internal sealed class ServableHealthTests
{
    private static readonly EngineFault s_ofDevice = new(OvStatus.GeneralError, "[GPU] clWaitForEvents, error code: -5 CL_OUT_OF_RESOURCES");
    private static readonly EngineFault s_ofCaller = new(OvStatus.GeneralError, "While validating node 'Add': shapes are inconsistent");
    private static readonly EngineFault s_cancelled = new(OvStatus.InferCancelled, "");

    private readonly FakeClock _clock = new();
    private readonly ManagedModels.Lines _log = new();
    private int _changes;

    // What the next probe says.
    private volatile string? _answer = "no";
    private int _probes;

    [Test]
    public async Task DeviceErrorsInARow_MakeItUnready()
    {
        ServableHealth health = Make();
        await Assert.That(health.Failed(s_ofDevice)).IsTrue();
        await Assert.That(health.Failed(s_ofDevice)).IsTrue();
        await Assert.That(health.IsReady).IsTrue();
        health.Failed(s_ofDevice);
        await Assert.That(health.IsReady).IsFalse();
        await Assert.That(health.Refuse().Code).IsEqualTo(StatusCode.DeviceFailed);
        await Assert.That(health.State.Text).Contains("CL_OUT_OF_RESOURCES");
        await Assert.That(_changes).IsEqualTo(1);
        await health.StopAsync();
    }

    [Test]
    public async Task SuccessBetween_BeginsTheRowAgain()
    {
        ServableHealth health = Make();
        for (int i = 0; i < 4; i++)
        {
            health.Failed(s_ofDevice);
            health.Failed(s_ofDevice);
            health.Succeeded();
        }

        await Assert.That(health.IsReady).IsTrue();
    }

    [Test]
    public async Task CallersAndCancelledCalls_DoNotCount()
    {
        ServableHealth health = Make();
        for (int i = 0; i < 4; i++)
        {
            await Assert.That(health.Failed(s_ofCaller)).IsFalse();
            await Assert.That(health.Failed(s_cancelled)).IsFalse();
        }

        await Assert.That(health.IsReady).IsTrue();
    }

    [Test]
    public async Task Zero_IsNever()
    {
        ServableHealth health = Make(errors: 0);
        for (int i = 0; i < 100; i++)
        {
            await Assert.That(health.Failed(s_ofDevice)).IsTrue();
        }

        await Assert.That(health.IsReady).IsTrue();
    }

    [Test]
    [Arguments(0u)]
    [Arguments(100u)]
    public async Task ErrorsThatAreNotLogged_AreCountedInTheNextLine(uint errors)
    {
        ServableHealth health = Make(errors);
        for (int i = 0; i < 20; i++)
        {
            health.Failed(s_ofDevice);
        }

        await Assert.That(_log.Count("inferences that failed on GPU: 1; in a row: 1; the last: [GPU] clWaitForEvents")).IsEqualTo(1);
        await Assert.That(_log.Count("inferences that failed")).IsEqualTo(1);

        // Unloading ends the minute.
        await health.StopAsync();
        await Assert.That(_log.Count("inferences that failed on GPU: 19; in a row: 20; the last: [GPU] clWaitForEvents")).IsEqualTo(1);
        await Assert.That(_log.Count("inferences that failed")).IsEqualTo(2);
    }

    [Test]
    public async Task ModelOnTheCpu_IsAlwaysReady()
    {
        ServableHealth health = new();
        for (int i = 0; i < 4; i++)
        {
            await Assert.That(health.Failed(s_ofDevice)).IsFalse();
        }

        await Assert.That(health.IsReady).IsTrue();
    }

    [Test]
    public async Task Probes_HaveGrowingPausesAndMakeItReadyAgain()
    {
        ServableHealth health = Make(errors: 1);
        health.Failed(s_ofDevice);
        List<double> pauses = [];
        for (int i = 0; i < 8; i++)
        {
            TimeSpan pause = await _clock.WhenSetAsync();
            pauses.Add(pause.TotalSeconds);
            Reply(i < 7 ? "no" : null);
            _clock.Advance(pause);
            while (Volatile.Read(ref _probes) <= i)
            {
                await Task.Yield();
            }
        }

        await Assert.That(pauses).IsEquivalentTo([1.0, 2, 4, 8, 16, 32, 60, 60]);
        await health.StopAsync();
        await Assert.That(health.IsReady).IsTrue();
        await Assert.That(_changes).IsEqualTo(2);
    }

    [Test]
    public async Task ModelOfOpenShapes_StaysReadyWhereAProbeSucceeds()
    {
        Reply(null);
        ServableHealth health = Make(errors: 1, isShapeOpen: true);
        health.Failed(s_ofDevice);
        await health.StopAsync();
        await Assert.That(_probes).IsEqualTo(1);
        await Assert.That(_changes).IsEqualTo(0);
    }

    [Test]
    public async Task ModelOfOpenShapes_IsUnreadyWhereAProbeFails()
    {
        ServableHealth health = Make(errors: 1, isShapeOpen: true);
        health.Failed(s_ofDevice);
        await _clock.WhenSetAsync();
        await Assert.That(health.IsReady).IsFalse();
        await health.StopAsync();
    }

    [Test]
    public async Task ThirdFailedProbe_MakesItLost_AndASuccessEndsThat()
    {
        ServableHealth health = Make(errors: 1);
        health.Failed(s_ofDevice);
        health.NotReplaced("first");
        health.NotReplaced("second");
        await Assert.That(health.State.Text).Contains("A second copy of it, compiled to replace it, does not compute either: second. If that lasts, restart the server.");
        await Assert.That(health.State.Text).DoesNotContain("first");
        List<bool> lost = [];
        for (int i = 0; i < 4; i++)
        {
            TimeSpan pause = await _clock.WhenSetAsync();
            lost.Add(health.IsLost);
            Reply(i < 3 ? "no" : null);
            _clock.Advance(pause);
            while (Volatile.Read(ref _probes) <= i)
            {
                await Task.Yield();
            }
        }

        await Assert.That(lost).IsEquivalentTo([false, false, false, true]);
        await health.StopAsync();
        await Assert.That(health.IsReady).IsTrue();
        await Assert.That(health.IsLost).IsFalse();
        health.NotReplaced("too late");
        await Assert.That(health.State.IsOk).IsTrue();
    }

    private ServableHealth Make(uint errors = 3, bool isShapeOpen = false) => new(
        new ServableId("m", 1),
        "GPU",
        isShapeOpen,
        new HealthRule(errors, () => Interlocked.Increment(ref _changes), _clock, _log),
        () =>
        {
            string? answer = _answer;
            Interlocked.Increment(ref _probes);
            return Task.FromResult(answer);
        });

    private void Reply(string? answer) => _answer = answer;
}
