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

        // It had its prompt in the second step at the latest, and the long one at least half of every step.
        await Assert.That(rig.Model.Steps.All(static step => step.Any(static entry => entry.Count >= 128))).IsTrue();
        longCall.Cancel();
        steps.Release(1000);
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
