using Ovms.Generation.Loading;
using Ovms.Generation.Requests;
using Ovms.Generation.Scheduling;
using Ovms.Serving;
using Ovms.Serving.Health;
using Ovms.Status;
using Ovms.Tests.Generation.Scheduling;

namespace Ovms.Tests.Generation.Loading;

/// <summary>What an engine says of itself as the health of its model.</summary>
internal sealed class EngineHealthTests
{
    private readonly ServableHealth _health = new();
    private int _changes;

    [Test]
    public async Task EngineThatFailed_LosesTheModel()
    {
        await using EngineRig rig = Rig(new EngineClock());
        rig.Model.Computes = static _ => false;
        await rig.RunAsync(EngineRig.Greedy([1, 2], 5));

        await Assert.That(_health.IsLost).IsTrue();
        await Assert.That(_health.State.Code).IsEqualTo(StatusCode.DeviceFailed);
        await Assert.That(_health.State.Text).Contains("m; version: 3: ").And.Contains("made to fail (twice within a minute). The server loads it again");
        await Assert.That(_changes).IsEqualTo(1);
    }

    [Test]
    public async Task StepThatHangs_IsNoLoss()
    {
        EngineClock clock = new();
        await using EngineRig rig = Rig(clock);
        using SemaphoreSlim began = new(0);
        using SemaphoreSlim steps = new(0);
        rig.Model.Computes = _ =>
        {
            began.Release();
            return steps.Wait(TimeSpan.FromSeconds(20));
        };
        Task<List<TokenEvent>> answer = rig.RunAsync(EngineRig.Greedy([1, 2], 1));
        await began.WaitAsync();
        clock.Move(61);
        await Assert.That((_health.IsReady, _health.IsLost)).IsEqualTo((false, false));
        steps.Release();
        await answer;
        await Assert.That((_health.IsReady, _health.IsLost)).IsEqualTo((true, false));
        await Assert.That(_changes).IsEqualTo(2);
    }

    private EngineRig Rig(EngineClock clock)
    {
        EngineHealth told = new(new ServableId("m", 3), _health, () => _changes++);
        EngineRig rig = new(settings: new EngineSettings { HealthChanged = told.Take }, clock: clock);
        told.Watch(rig.Engine);
        return rig;
    }
}
