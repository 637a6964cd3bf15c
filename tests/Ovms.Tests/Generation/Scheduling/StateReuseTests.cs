using Ovms.Generation.Requests;
using Ovms.Generation.Scheduling;

namespace Ovms.Tests.Generation.Scheduling;

/// <summary>Prompts that begin alike, on models with other states than the KV cache: these must have been kept where the prompt goes on.</summary>
public sealed class StateReuseTests
{
    private const int Size = 32;

    [Test]
    [Arguments(1000, 992)]
    [Arguments(992, 960)]
    [Arguments(33, 32)]
    [Arguments(32, 0)]
    public async Task SamePrompt_IsReusedUpToItsLastBorder(int length, int cached)
    {
        await using EngineRig rig = new(stateRows: 60, sequences: 4);
        int[] prompt = EngineRig.Prompt(1, length);
        await AssertCached(rig, prompt, 20, 0);
        await AssertCached(rig, prompt, 20, cached);
        await AssertCached(rig, prompt, 20, cached);
        await rig.StopAsync();
    }

    // The second prompt begins as the first one and goes on otherwise after so many tokens.
    [Test]
    [Arguments(8, 600, 512)]
    [Arguments(8, 511, 256)]
    [Arguments(8, 255, 0)]
    [Arguments(1, 600, 576)]
    [Arguments(1, 31, 0)]
    public async Task PromptThatBeginsAlike_GoesBackToAStateThatWasKept(int interval, int common, int cached)
    {
        await using EngineRig rig = new(stateRows: 60, sequences: 4, settings: new EngineSettings { StateInterval = interval });
        int[] first = EngineRig.Prompt(1, 1000);
        await AssertCached(rig, first, 5, 0);
        await AssertCached(rig, [.. first[..common], .. EngineRig.Prompt(2, 100)], 5, cached);
        await rig.StopAsync();
    }

    [Test]
    public async Task Conversation_GoesOnFromTheLastBorderOfEachTurn()
    {
        await using EngineRig rig = new(stateRows: 12, sequences: 4);
        int[] prompt = EngineRig.Prompt(1, 45);
        int cached = 0;
        for (int turn = 0; turn < 6; turn++)
        {
            int[] answer = await AssertCached(rig, prompt, 70, cached);

            // The last token of an answer is never computed.
            cached = (prompt.Length + 69) / Size * Size;
            prompt = [.. prompt, .. answer, .. EngineRig.Prompt(turn + 10, 21)];
        }

        await rig.StopAsync();
    }

    // Only the latest state of an answer stays, so that long answers do not drive out the states of prompts.
    [Test]
    public async Task LongAnswer_KeepsOneState()
    {
        await using EngineRig rig = new(stateRows: 12, sequences: 4, settings: new EngineSettings { StateInterval = 1000 });
        await AssertCached(rig, EngineRig.Prompt(1, 40), 900, 0);
        await rig.StopAsync();

        // At 32, the last border of the prompt, and at 928.
        await Assert.That(rig.Engine.Counts.Now.StateRows).IsEqualTo(2);
    }

    [Test]
    [Arguments(32)]
    [Arguments(13)]
    public async Task OldestState_MakesRoomForOthers(int stateRows)
    {
        await using EngineRig rig = new(stateRows: stateRows, sequences: 4, settings: new EngineSettings { StateInterval = 1000 });
        int[][] prompts = [.. Enumerable.Range(0, 12).Select(static i => EngineRig.Prompt(i, 100))];
        foreach (int[] prompt in prompts)
        {
            await AssertCached(rig, prompt, 2, 0);
        }

        await AssertCached(rig, prompts[11], 2, 96);
        await AssertCached(rig, prompts[0], 2, stateRows > 13 ? 96 : 0);
        await rig.StopAsync();
    }

    [Test]
    [Arguments(true)]
    [Arguments(false)]
    public async Task SmallPool_GivesTheSameAnswersAsALargeOne(bool keepsPrefixes)
    {
        EngineSettings settings = new() { KeepsPrefixes = keepsPrefixes, StateInterval = 2 };
        await using EngineRig rig = new(blocks: 64, sequences: 20, stateRows: 50, settings: settings);
        int[][] prompts = [.. Enumerable.Range(0, 16).Select(static i => EngineRig.Prompt(i % 5, 20 + (i * 3)))];
        List<TokenEvent>[] all = await Task.WhenAll(
            prompts.Select((prompt, i) => rig.RunAsync(EngineRig.Greedy(prompt, 200) with { Answers = 1 + (i % 3 / 2) })));
        for (int i = 0; i < prompts.Length; i++)
        {
            for (int answer = 0; answer <= i % 3 / 2; answer++)
            {
                await Assert.That(EngineRig.Tokens(all[i], answer)).IsEqualTo(EngineRig.Expected(prompts[i], 200));
            }
        }

        await Assert.That(rig.Engine.Counts.Preemptions > 0).IsTrue();
        await rig.StopAsync();
        await Assert.That(rig.Engine.Counts.Now.StateRows > 0).IsEqualTo(keepsPrefixes);
    }

    // After a preemption a sequence goes on from its latest border, not from its beginning.
    [Test]
    public async Task PreemptedSequence_GoesBackToABorder()
    {
        await using EngineRig rig = new(blocks: 20, sequences: 4, stateRows: 12);
        using SemaphoreSlim steps = new(0);
        rig.Model.Computes = _ => steps.Wait(TimeSpan.FromSeconds(20));
        int[][] prompts = [EngineRig.Prompt(1, 200), EngineRig.Prompt(2, 200)];
        GenerationCall[] calls = [.. prompts.Select(prompt => rig.Submit(EngineRig.Greedy(prompt, 200)))];
        steps.Release(100_000);
        for (int i = 0; i < calls.Length; i++)
        {
            await Assert.That(EngineRig.Tokens(await EngineRig.ReadAsync(calls[i]))).IsEqualTo(EngineRig.Expected(prompts[i], 200));
            await Assert.That(calls[i].CachedTokens).IsEqualTo(0);
        }

        await Assert.That(rig.Engine.Counts.Preemptions > 0).IsTrue();
        await Assert.That(rig.Model.Starts.Count).IsEqualTo(2);
        await rig.StopAsync();
    }

    // A token that is computed to see whether the model can compute at all clears its row: not one that others go on from.
    [Test]
    public async Task FailedStep_LeavesKeptStatesAsTheyAre()
    {
        await using EngineRig rig = new(stateRows: 12, sequences: 4);
        int[] prompt = [.. EngineRig.Prompt(1, 64).Select(static id => id % 49)];
        await AssertCached(rig, prompt, 1, 0);
        rig.Model.Computes = static entries => !entries.Any(static entry => entry.Ids.Span[entry.From..].Contains(49));
        TokenEvent last = (await rig.RunAsync(EngineRig.Greedy([.. prompt, 49], 5)))[^1];
        await Assert.That(last.Finish).IsEqualTo(Finish.Failed);
        rig.Model.Computes = static _ => true;
        await AssertCached(rig, [.. prompt, 3], 5, 64);
        await rig.StopAsync();
    }

    // The blocks of a prompt are there and right, its states were driven out and are computed again, wrongly.
    [Test]
    public async Task StatesThatMayBeWrong_AreNotKeptUnderBlocksThatAreRight()
    {
        await using EngineRig rig = new(stateRows: 13, sequences: 4, settings: new EngineSettings { StateInterval = 1000 });
        int[] prompt = EngineRig.Prompt(1, 100);
        for (int i = 1; i < 16; i++)
        {
            await AssertCached(rig, EngineRig.Prompt(i, 100), 2, 0);
        }

        rig.Model.IsFinite = static _ => false;
        GenerationCall call = rig.Submit(EngineRig.Greedy(prompt, 5));
        await Assert.That(((await EngineRig.ReadAsync(call))[^1].Finish, call.CachedTokens)).IsEqualTo((Finish.Failed, 0));
        rig.Model.IsFinite = static _ => true;
        await AssertCached(rig, prompt, 5, 0);
        await rig.StopAsync();
    }

    [Test]
    [Arguments(false, true)]
    [Arguments(true, false)]
    public async Task WithoutPrefixes_NothingIsKept(bool engineKeeps, bool callUses)
    {
        await using EngineRig rig = new(stateRows: 12, sequences: 4, settings: new EngineSettings { KeepsPrefixes = engineKeeps });
        GenerationRequest request = EngineRig.Greedy(EngineRig.Prompt(1, 100), 40) with { UsePrefix = callUses, Answers = 3 };
        for (int i = 0; i < 2; i++)
        {
            List<TokenEvent> events = await rig.RunAsync(request);
            for (int answer = 0; answer < 3; answer++)
            {
                await Assert.That(EngineRig.Tokens(events, answer)).IsEqualTo(EngineRig.Expected(request.PromptIds, 40));
            }
        }

        await rig.StopAsync();
        EngineSnapshot now = rig.Engine.Counts.Now;
        await Assert.That((rig.Engine.Counts.CachedTokens, now.KeptBlocks, now.StateRows)).IsEqualTo((0, 0, 0));
    }

    private static async Task<int[]> AssertCached(EngineRig rig, int[] prompt, int tokens, int cached)
    {
        int before = Computed(rig);
        GenerationCall call = rig.Submit(EngineRig.Greedy(prompt, tokens));
        List<TokenEvent> events = await EngineRig.ReadAsync(call);
        await Assert.That(EngineRig.Tokens(events)).IsEqualTo(EngineRig.Expected(prompt, tokens));
        await Assert.That((call.CachedTokens, Computed(rig) - before)).IsEqualTo((cached, prompt.Length - cached + tokens - 1));
        return EngineRig.Ids(events);
    }

    private static int Computed(EngineRig rig) => rig.Model.Steps.Sum(static step => step.Sum(static entry => entry.Count));
}
