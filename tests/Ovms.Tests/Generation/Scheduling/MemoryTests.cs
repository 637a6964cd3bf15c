using Ovms.Generation.Scheduling;
using Ovms.Generation.Requests;

namespace Ovms.Tests.Generation.Scheduling;

/// <summary>The KV cache is smaller than what the callers want.</summary>
public sealed class MemoryTests
{
    [Test]
    [Arguments(true)]
    [Arguments(false)]
    public async Task SmallPool_GivesTheSameAnswersAsALargeOne(bool keepsPrefixes)
    {
        EngineSettings settings = new() { KeepsPrefixes = keepsPrefixes };
        await using EngineRig rig = new(blocks: 64, settings: settings);
        int[][] prompts = [.. Enumerable.Range(0, 16).Select(static i => EngineRig.Prompt(i, 20 + (i * 3)))];
        List<TokenEvent>[] all = await Task.WhenAll(prompts.Select(prompt => rig.RunAsync(EngineRig.Greedy(prompt, 200))));
        for (int i = 0; i < prompts.Length; i++)
        {
            await Assert.That(EngineRig.Tokens(all[i])).IsEqualTo(EngineRig.Expected(prompts[i], 200));
            await Assert.That(all[i][^1].Finish).IsEqualTo(Finish.Length);
        }

        await Assert.That(rig.Engine.Counts.Preemptions > 0).IsTrue();
        await rig.StopAsync();
    }

    [Test]
    public async Task SeveralAnswersInASmallPool_AreThoseOfALargeOne()
    {
        GenerationRequest request = EngineRig.Greedy(EngineRig.Prompt(1, 70), 90) with { Answers = 4 };
        GenerationRequest other = EngineRig.Greedy(EngineRig.Prompt(2, 70), 90) with { Answers = 4 };
        await using EngineRig rig = new(blocks: 9);
        List<TokenEvent>[] all = await Task.WhenAll(rig.RunAsync(request), rig.RunAsync(other));
        for (int answer = 0; answer < 4; answer++)
        {
            await Assert.That(EngineRig.Tokens(all[0], answer)).IsEqualTo(EngineRig.Expected(request.PromptIds, 90));
            await Assert.That(EngineRig.Tokens(all[1], answer)).IsEqualTo(EngineRig.Expected(other.PromptIds, 90));
        }

        await rig.StopAsync();
    }

    [Test]
    public async Task OldestSequence_NeverLosesItsBlocks()
    {
        await using EngineRig rig = new(blocks: 12);
        using SemaphoreSlim steps = new(0);
        rig.Model.Computes = _ => steps.Wait(TimeSpan.FromSeconds(20));
        GenerationCall[] calls = [.. Enumerable.Range(0, 4).Select(i => rig.Submit(EngineRig.Greedy(EngineRig.Prompt(i, 40), 250)))];
        steps.Release(100_000);
        await Task.WhenAll(calls.Select(static call => EngineRig.ReadAsync(call)));

        // The first one's prompt is the first entry of the first step; its slot goes on token by token to the end.
        (int Slot, int From, int Count, int Rows)[][] all = [.. rig.Model.Steps];
        (int Slot, int From, int Count, int Rows)[] first = [.. all.Take(250).Select(step => step.Single(entry => entry.Slot == all[0][0].Slot))];
        await Assert.That(first.Skip(1).Select(static entry => (entry.From, entry.Count))).IsEquivalentTo(Enumerable.Range(40, 249).Select(static i => (i, 1)), TUnit.Assertions.Enums.CollectionOrdering.Matching);
        await Assert.That(rig.Engine.Counts.Preemptions > 0).IsTrue();
        await rig.StopAsync();
    }

    [Test]
    [Arguments(1, 1)]
    [Arguments(1, 128)]
    [Arguments(3, 100)]
    public async Task AnswerThatFillsThePool_EndsWithWhatThereIs(int answers, int promptLength)
    {
        await using EngineRig rig = new(blocks: 4);
        int[] prompt = EngineRig.Prompt(1, promptLength);
        List<TokenEvent> events = await rig.RunAsync(EngineRig.Greedy(prompt, 10_000) with { Answers = answers });
        for (int answer = 0; answer < answers; answer++)
        {
            // The newest token is given to the caller, though it has no place in the cache.
            int tokens = (4 * 32) + 1 - promptLength;
            await Assert.That(EngineRig.Tokens(events, answer)).IsEqualTo(EngineRig.Expected(prompt, tokens));
            await Assert.That(events.Last(item => item.Answer == answer).Finish).IsEqualTo(Finish.Memory);
        }

        await rig.StopAsync();
    }
}
