using Ovms.Generation.Scheduling;
using Ovms.Generation.Requests;

namespace Ovms.Tests.Generation.Scheduling;

/// <summary>Nobody waits for ever, and short prompts do not wait for long ones.</summary>
public sealed class FairnessTests
{
    [Test]
    public async Task RequestsThatArePreparedTogether_BeginInOneStep()
    {
        await using EngineRig rig = new(settings: new EngineSettings { GatherTime = TimeSpan.FromSeconds(60) });
        rig.Engine.Announce();
        rig.Engine.Announce();
        GenerationCall first = rig.Submit(EngineRig.Greedy([1, 2], 3));
        rig.Engine.EndAnnouncement();
        GenerationCall second = rig.Submit(EngineRig.Greedy([3, 4], 3));
        rig.Engine.EndAnnouncement();
        await EngineRig.ReadAsync(first);
        await EngineRig.ReadAsync(second);
        await Assert.That(rig.Model.Steps.Count).IsEqualTo(3);
    }

    [Test]
    public async Task RequestThatNeverComes_HoldsNobodyUp()
    {
        await using EngineRig rig = new(settings: new EngineSettings { GatherTime = TimeSpan.FromMilliseconds(1) });
        rig.Engine.Announce();
        await EngineRig.ReadAsync(rig.Submit(EngineRig.Greedy([1, 2], 3)));
        await Assert.That(rig.Model.Steps.Count).IsEqualTo(3);
    }

    [Test]
    public async Task ShortPrompt_PassesALongOne()
    {
        await using EngineRig rig = new(blocks: 2000, settings: new EngineSettings { MaxBatchedTokens = 256 });
        using SemaphoreSlim steps = new(0);
        rig.Model.Computes = _ => steps.Wait(TimeSpan.FromSeconds(20));
        GenerationCall longCall = rig.Submit(EngineRig.Greedy(EngineRig.Prompt(1, 32_000), 1));
        GenerationCall shortCall = rig.Submit(EngineRig.Greedy(EngineRig.Prompt(2, 50), 5));
        steps.Release(6);
        List<TokenEvent> events = await EngineRig.ReadAsync(shortCall);
        await Assert.That(events.Count).IsEqualTo(5);

        // It had its prompt in the second step at the latest, and nothing of a step was left over.
        await Assert.That(rig.Model.Steps.Take(2).Any(static step => step.Any(static entry => entry.Count == 50))).IsTrue();
        await Assert.That(rig.Model.Steps.All(static step => step.Sum(static entry => entry.Count) > 256 - 32)).IsTrue();
        longCall.Cancel();
        steps.Release(1000);
        await rig.StopAsync();
    }

    // The long one needs 3.2 s alone. What comes later than that after it does not delay it.
    [Test]
    public async Task LongPrompt_WaitsOnlyForThoseThatComeInItsOwnTime()
    {
        EngineClock clock = new();
        await using EngineRig rig = new(
            blocks: 2000,
            clock: clock,
            settings: new EngineSettings { MaxBatchedTokens = 256, PromptTokenSeconds = 0.001, GatherTime = TimeSpan.FromSeconds(20) });
        rig.Model.Computes = entries =>
        {
            clock.Move(0.001 * entries.Sum(static entry => entry.Count));
            return true;
        };

        // No step runs while the clock is moved: it would seem to take as long.
        rig.Engine.Announce();
        GenerationCall longCall = rig.Submit(EngineRig.Greedy(EngineRig.Prompt(1, 3200), 1));
        clock.Move(3);
        GenerationCall early = rig.Submit(EngineRig.Greedy(EngineRig.Prompt(2, 100), 1));
        clock.Move(1);
        GenerationCall late = rig.Submit(EngineRig.Greedy(EngineRig.Prompt(3, 110), 1));
        rig.Engine.EndAnnouncement();
        await Task.WhenAll(EngineRig.ReadAsync(longCall), EngineRig.ReadAsync(early), EngineRig.ReadAsync(late));
        int[][] all = [.. rig.Model.Steps.Select(static step => step.Select(static entry => entry.Count).ToArray())];
        int StepOf(int count) => Array.FindIndex(all, step => step.Contains(count));
        await Assert.That(StepOf(100)).IsLessThanOrEqualTo(1);
        await Assert.That(StepOf(110)).IsGreaterThanOrEqualTo(12);
        await rig.StopAsync();
    }

    [Test]
    public async Task Streams_GetATokenInEveryStepOfALongPrompt()
    {
        await using EngineRig rig = new(blocks: 2000, settings: new EngineSettings { MaxBatchedTokens = 256 });
        using SemaphoreSlim steps = new(0);
        rig.Model.Computes = _ => steps.Wait(TimeSpan.FromSeconds(20));
        GenerationCall stream = rig.Submit(EngineRig.Greedy(EngineRig.Prompt(1, 10), 200));
        steps.Release(2);
        await stream.WaitAsync(CancellationToken.None);
        GenerationCall prompt = rig.Submit(EngineRig.Greedy(EngineRig.Prompt(2, 4000), 1));
        steps.Release(1000);
        await EngineRig.ReadAsync(prompt);
        await EngineRig.ReadAsync(stream);
        await Assert.That(rig.Model.Steps.Skip(1).Take(199).All(static step => step.Any(static entry => entry.Count == 1))).IsTrue();
        await rig.StopAsync();
    }

    // Small cache, callers who come again and again: each call ends, and equal calls are admitted in the order of their arrival.
    [Test]
    public async Task EqualCalls_AreAdmittedInTheirOrder()
    {
        await using EngineRig rig = new(blocks: 16, sequences: 4);
        using SemaphoreSlim steps = new(0);
        rig.Model.Computes = _ => steps.Wait(TimeSpan.FromSeconds(20));
        GenerationCall[] calls = [.. Enumerable.Range(0, 20).Select(i => rig.Submit(EngineRig.Greedy(EngineRig.Prompt(i, 60), 40)))];
        steps.Release(100_000);
        await Task.WhenAll(calls.Select(static call => EngineRig.ReadAsync(call)));
        int[] order = [.. rig.Model.Starts.Select(static first => Enumerable.Range(0, 20).Single(i => EngineRig.Prompt(i, 60)[..8].SequenceEqual(first)))];
        await Assert.That(order.Distinct()).IsEquivalentTo(Enumerable.Range(0, 20), TUnit.Assertions.Enums.CollectionOrdering.Matching);
        await rig.StopAsync();
    }
}
