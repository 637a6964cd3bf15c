using Ovms.Generation.Models;
using Ovms.Generation.Steps;
using Ovms.Status;
using Ovms.Tests.Generation.Scheduling;

namespace Ovms.Tests.Generation.Models;

/// <summary>A model computes before it is published, and a device that hangs then ends the load.</summary>
internal sealed class FirstInferenceTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly FakeModel _model = new(new StepCapacity(32, 10, 0, 4, 50));

    [Test]
    [Arguments(true)]
    [Arguments(false)]
    public async Task ModelThatComputes_IsKept(bool isLimited)
    {
        Outcome outcome = FirstInference.Run(_model, isLimited ? s_patience : null);
        await Assert.That(outcome.IsOk).IsTrue();
        await Assert.That((_model.Steps.Count, _model.IsDisposed)).IsEqualTo((1, false));
    }

    [Test]
    [Arguments(true)]
    [Arguments(false)]
    public async Task ModelThatFails_IsFreed(bool isLimited)
    {
        _model.Computes = static _ => false;
        Outcome outcome = FirstInference.Run(_model, isLimited ? s_patience : null);
        await Assert.That(outcome.Code).IsEqualTo(StatusCode.ModelNotLoaded);
        await Assert.That(outcome.Text).Contains("made to fail");
        await Assert.That(_model.IsDisposed).IsTrue();
    }

    [Test]
    public async Task LogitsThatAreNoNumbers_AreAFailure()
    {
        _model.IsFinite = static _ => false;
        Outcome outcome = FirstInference.Run(_model, s_patience);
        await Assert.That(outcome.Text).Contains("no finite numbers");
        await Assert.That(_model.IsDisposed).IsTrue();
    }

    [Test]
    public async Task DeviceThatHangs_EndsTheLoadAndIsNotFreed()
    {
        using SemaphoreSlim end = new(0);
        using SemaphoreSlim ended = new(0);
        _model.Computes = _ =>
        {
            end.Wait(s_patience);
            ended.Release();
            return false;
        };
        Outcome outcome = FirstInference.Run(_model, TimeSpan.FromMilliseconds(200));
        await Assert.That(outcome.Code).IsEqualTo(StatusCode.DeviceFailed);
        await Assert.That(outcome.Text).Contains("a first inference did not end within 0.2 s");
        await Assert.That(_model.IsDisposed).IsFalse();
        end.Release();
        await Assert.That(await ended.WaitAsync(s_patience)).IsTrue();
        await Assert.That(_model.IsDisposed).IsFalse();
    }
}
