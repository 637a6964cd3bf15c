using Ovms.Generation.Scheduling;
using Ovms.Generation.Requests;

namespace Ovms.Tests.Generation.Scheduling;

/// <summary>Prompts that begin alike are computed once.</summary>
public sealed class PrefixTests
{
    [Test]
    public async Task SecondTime_OnlyTheLastBlockIsComputed()
    {
        await using EngineRig rig = new();
        int[] prompt = EngineRig.Prompt(1, 1000);
        await rig.RunAsync(EngineRig.Greedy(prompt, 5));
        int before = Computed(rig);
        GenerationCall call = rig.Submit(EngineRig.Greedy(prompt, 5));
        string tokens = EngineRig.Tokens(await EngineRig.ReadAsync(call));
        await Assert.That(tokens).IsEqualTo(EngineRig.Expected(prompt, 5));
        await Assert.That((call.CachedTokens, Computed(rig) - before)).IsEqualTo((992, 8 + 4));
        await Assert.That((rig.Engine.Counts.CachedTokens, rig.Engine.Counts.PromptTokens)).IsEqualTo((992, 2000));
        await rig.StopAsync();
    }

    [Test]
    public async Task Conversation_GoesOnFromItsAnswer()
    {
        await using EngineRig rig = new();
        int[] prompt = EngineRig.Prompt(1, 70);
        int[] answer = EngineRig.Ids(await rig.RunAsync(EngineRig.Greedy(prompt, 60)));
        int[] next = [.. prompt, .. answer, .. EngineRig.Prompt(2, 20)];
        GenerationCall call = rig.Submit(EngineRig.Greedy(next, 10));
        await Assert.That(EngineRig.Tokens(await EngineRig.ReadAsync(call))).IsEqualTo(EngineRig.Expected(next, 10));

        // The last token of the answer was never computed.
        await Assert.That(call.CachedTokens).IsEqualTo(129 / 32 * 32);
        await rig.StopAsync();
    }

    [Test]
    [Arguments(0)]
    [Arguments(40)]
    public async Task SamePromptAtTheSameTime_IsComputedOnce(int stateRows)
    {
        EngineSettings settings = new() { MaxBatchedTokens = 256 };
        await using EngineRig rig = new(stateRows: stateRows, sequences: 8, settings: settings);
        using SemaphoreSlim steps = new(0);
        rig.Model.Computes = _ => steps.Wait(TimeSpan.FromSeconds(20));
        int[] common = EngineRig.Prompt(1, 640);
        int[][] prompts = [.. Enumerable.Range(0, 8).Select(i => (int[])[.. common, .. EngineRig.Prompt(i + 10, 20)])];
        GenerationCall[] calls = [.. prompts.Select(prompt => rig.Submit(EngineRig.Greedy(prompt, 5)))];
        steps.Release(10_000);
        for (int i = 0; i < calls.Length; i++)
        {
            await Assert.That(EngineRig.Tokens(await EngineRig.ReadAsync(calls[i]))).IsEqualTo(EngineRig.Expected(prompts[i], 5));
        }

        await Assert.That(Computed(rig)).IsEqualTo(640 + (8 * (20 + 4)));
        await rig.StopAsync();
    }

    [Test]
    public async Task ForgedCollision_IsRefused()
    {
        await using EngineRig rig = new(settings: new EngineSettings { PrefixHash = static (_, _) => 0 });
        foreach (int number in new[] { 1, 2, 3, 1 })
        {
            int[] prompt = EngineRig.Prompt(number, 200);
            GenerationCall call = rig.Submit(EngineRig.Greedy(prompt, 10));
            await Assert.That(EngineRig.Tokens(await EngineRig.ReadAsync(call))).IsEqualTo(EngineRig.Expected(prompt, 10));
        }

        await Assert.That(rig.Engine.Counts.CachedTokens).IsEqualTo(192);
        await rig.StopAsync();
    }

    [Test]
    [Arguments(false, true)]
    [Arguments(true, false)]
    public async Task WithoutPrefixes_EveryPromptIsComputed(bool engineKeeps, bool callUses)
    {
        await using EngineRig rig = new(settings: new EngineSettings { KeepsPrefixes = engineKeeps });
        GenerationRequest request = EngineRig.Greedy(EngineRig.Prompt(1, 100), 10) with { UsePrefix = callUses };
        await rig.RunAsync(request);
        await rig.RunAsync(request);
        await rig.StopAsync();
        await Assert.That((rig.Engine.Counts.CachedTokens, rig.Engine.Counts.Now.KeptBlocks)).IsEqualTo((0, 0));
    }

    private static int Computed(EngineRig rig) => rig.Model.Steps.Sum(static step => step.Sum(static entry => entry.Count));
}
