using Ovms.Generation.Scheduling;
using Ovms.Generation.Requests;

namespace Ovms.Tests.Generation.Scheduling;

/// <summary>Pieces of prompts are as large as the measured speed allows.</summary>
public sealed class SpeedTests
{
    [Test]
    [Arguments(0.001)]
    [Arguments(0.0001)]
    [Arguments(0.01)]
    [Arguments(1.0)]
    public async Task Steps_ReachTheirAimedDuration(double secondsEach)
    {
        EngineClock clock = new();
        await using EngineRig rig = new(blocks: 5000, clock: clock);
        using SemaphoreSlim steps = new(0);
        rig.Model.Computes = entries =>
        {
            steps.Wait(TimeSpan.FromSeconds(20));
            clock.Move((secondsEach * entries.Sum(static entry => entry.Count > 1 ? entry.Count : 0)) + 0.005);
            return true;
        };
        GenerationCall prompt = rig.Submit(EngineRig.Greedy(EngineRig.Prompt(1, 150_000), 1));
        steps.Release(5);
        while (rig.Model.Steps.Count < 6)
        {
            await Task.Yield();
        }

        int alone = rig.Model.Steps.ElementAt(4).Single().Count;
        GenerationCall stream = rig.Submit(EngineRig.Greedy([3], 1000));
        steps.Release(6);
        while (rig.Model.Steps.Count < 12)
        {
            await Task.Yield();
        }

        int beside = rig.Model.Steps.ElementAt(10).Max(static entry => entry.Count);
        prompt.Cancel();
        stream.Cancel();
        steps.Release(10_000);
        double aim = Math.Max(32, 0.995 / secondsEach);
        await Assert.That(alone % 32 == 0 && alone <= aim && alone > (aim * 0.95) - 32).IsTrue();
        await Assert.That(Math.Abs(beside - Math.Max(32, 0.095 / secondsEach))).IsLessThanOrEqualTo(48);
        await rig.StopAsync();
    }

    [Test]
    public async Task NumbersOfSequencesNotSeenYet_AreEstimatedFromTheNearest()
    {
        StepSpeed speed = new(0.001);
        await Assert.That((speed.Estimate(0, 4), speed.Estimate(10, 0))).IsEqualTo((0, 0.010));
        speed.Learn(0, 8, 0.080);
        await Assert.That((speed.Estimate(0, 4), speed.Estimate(0, 20))).IsEqualTo((0.080, 0.080));
        speed.Learn(0, 1, 0.010);
        await Assert.That((speed.Estimate(0, 4), speed.Estimate(0, 9))).IsEqualTo((0.010, 0.080));
        speed.Learn(100, 1, 0.210);
        await Assert.That(Math.Round(speed.Estimate(50, 1), 6)).IsEqualTo(0.110);
        await Assert.That(Math.Round(speed.Estimate(50, 0), 6)).IsEqualTo(0.110);
        await Assert.That(speed.PromptTokensIn(0.05, 1)).IsEqualTo(20);
    }

    // Three times slower than when the same machine is idle: a step of 0.1 s would leave 5 tokens for prompts.
    [Test]
    public async Task OnABusyMachine_PromptsGetTwoThirdsOfAStep()
    {
        StepSpeed speed = new(0.001);
        speed.Learn(0, 8, 0.090);
        speed.Learn(128, 8, 0.346);
        await Assert.That(speed.PromptTokensIn(0.1, 8)).IsEqualTo(90);
    }

    // Steps of other sizes cost time. A speed that varies by a tenth from step to step does not change them.
    [Test]
    public async Task PiecesBesideAStream_StayAlikeWhileTheSpeedVariesLittle()
    {
        EngineClock clock = new();
        await using EngineRig rig = new(blocks: 5000, clock: clock);
        using SemaphoreSlim steps = new(0);
        int step = 0;
        rig.Model.Computes = entries =>
        {
            steps.Wait(TimeSpan.FromSeconds(20));
            double each = 0.00075 * (step++ % 2 == 0 ? 0.95 : 1.05);
            clock.Move((each * entries.Sum(static entry => entry.Count > 1 ? entry.Count : 0)) + 0.005);
            return true;
        };
        GenerationCall stream = rig.Submit(EngineRig.Greedy([3], 1000));
        steps.Release(3);
        while (rig.Model.Steps.Count < 4)
        {
            await Task.Yield();
        }

        GenerationCall prompt = rig.Submit(EngineRig.Greedy(EngineRig.Prompt(1, 150_000), 1));
        steps.Release(40);
        while (rig.Model.Steps.Count < 44)
        {
            await Task.Yield();
        }

        int[] pieces = [.. rig.Model.Steps.Skip(12).Take(30).Select(static entries => entries.Max(static entry => entry.Count))];
        prompt.Cancel();
        stream.Cancel();
        steps.Release(10_000);
        await Assert.That(pieces.Distinct().Count()).IsEqualTo(1);
        await Assert.That(pieces[0]).IsBetween(96, 160);
        await rig.StopAsync();
    }

    // Times of SmolLM2 on two cores. After the last piece of a prompt, 8 tokens that took as long as 20 others, steps stay large.
    [Test]
    public async Task SmallPieces_DoNotMakeTheNextStepsSmall()
    {
        StepSpeed speed = new(0.001);
        speed.Learn(0, 8, 0.018);
        speed.Learn(96, 8, 0.083);
        int before = speed.PromptTokensIn(0.1, 8);
        speed.Learn(8, 8, 0.031);
        speed.Learn(2, 8, 0.024);
        await Assert.That(before).IsEqualTo(121);
        await Assert.That(speed.PromptTokensIn(0.1, 8)).IsGreaterThan(112);
    }

    [Test]
    public async Task BaseThatIsTooLarge_DoesNotMakeTokensFree()
    {
        StepSpeed speed = new(0.001);
        speed.Learn(0, 8, 0.050);
        speed.Learn(32, 8, 0.040);
        await Assert.That(Math.Round(speed.PromptTokenSeconds, 6)).IsEqualTo(0.0005);
    }
}
