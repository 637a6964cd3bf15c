using Ovms.Generation.Scheduling;
using Ovms.Generation.Requests;
using Ovms.Language.Sampling;
using Ovms.Status;

namespace Ovms.Tests.Generation.Scheduling;

/// <summary>What callers get, on all kinds of models.</summary>
public sealed class AnswerTests
{
    [Test]
    [Arguments(1)]
    [Arguments(31)]
    [Arguments(32)]
    [Arguments(33)]
    [Arguments(1000)]
    public async Task Alone_EndsAtItsLength(int promptLength)
    {
        await using EngineRig rig = new();
        int[] prompt = EngineRig.Prompt(promptLength, promptLength);
        List<TokenEvent> events = await rig.RunAsync(EngineRig.Greedy(prompt, 70));
        await Assert.That(EngineRig.Tokens(events)).IsEqualTo(EngineRig.Expected(prompt, 70));
        await Assert.That(events.Count(static item => item.Finish != Finish.None)).IsEqualTo(1);
        await Assert.That(events[^1].Finish).IsEqualTo(Finish.Length);
        await rig.StopAsync();
    }

    [Test]
    public async Task EndToken_IsTheLastEvent()
    {
        await using EngineRig rig = new();
        int[] prompt = EngineRig.Prompt(1, 40);
        int end = FakeModel.Greedy(prompt, 30, EngineRig.Vocabulary)[20];
        List<TokenEvent> events = await rig.RunAsync(EngineRig.Greedy(prompt, 100, 999, end));
        await Assert.That(EngineRig.Tokens(events)).IsEqualTo(EngineRig.Expected(prompt, 100, end));
        await Assert.That((events[^1].Finish, events[^1].Choice.Id)).IsEqualTo((Finish.Stop, end));
    }

    // Blocks 0 is the stateful lane. A model with state tables has two rows a sequence.
    [Test]
    [Arguments(32, 0, true)]
    [Arguments(32, 0, false)]
    [Arguments(16, 0, true)]
    [Arguments(32, 24, true)]
    [Arguments(0, 0, true)]
    [Arguments(0, 0, false)]
    public async Task ManyCallers_GetWhatEachWouldGetAlone(int blockTokens, int stateRows, bool splits)
    {
        EngineSettings settings = new() { SplitsPrompts = splits, MaxBatchedTokens = 100 };
        await using EngineRig rig = new(blockTokens: blockTokens, stateRows: stateRows, sequences: 16, settings: settings);
        int[][] prompts = [.. Enumerable.Range(0, 40).Select(static i => EngineRig.Prompt(i % 30, 1 + (i * 37 % 300)))];
        List<TokenEvent>[] all = await Task.WhenAll(prompts.Select(prompt => rig.RunAsync(EngineRig.Greedy(prompt, 20))));
        for (int i = 0; i < prompts.Length; i++)
        {
            await Assert.That(EngineRig.Tokens(all[i])).IsEqualTo(EngineRig.Expected(prompts[i], 20));
        }

        await Assert.That(rig.Model.Steps.All(step => step.Sum(static entry => entry.Count) <= 100)).IsTrue();
        await rig.StopAsync();
    }

    [Test]
    [Arguments(32, 0, 60)]
    [Arguments(32, 0, 64)]
    [Arguments(32, 0, 5)]
    [Arguments(32, 16, 60)]
    [Arguments(32, 16, 64)]
    [Arguments(32, 16, 5)]
    [Arguments(32, 40, 60)]
    [Arguments(0, 0, 60)]
    public async Task SeveralAnswers_AreThoseOfTheirNumbers(int blockTokens, int stateRows, int promptLength)
    {
        await using EngineRig rig = new(blockTokens: blockTokens, stateRows: stateRows, sequences: 8);
        GenerationRequest request = new()
        {
            PromptIds = EngineRig.Prompt(3, promptLength),
            SamplingRules = new SamplingRules { Temperature = 2, Seed = 7 },
            MaxTokens = 50,
            EndIds = [4],
            Answers = 5,
        };
        List<TokenEvent> events = await rig.RunAsync(request);
        for (int answer = 0; answer < 5; answer++)
        {
            await Assert.That(EngineRig.Tokens(events, answer)).IsEqualTo(Sampled(request, answer));
            await Assert.That(events.Count(item => item.Answer == answer && item.Finish != Finish.None)).IsEqualTo(1);
        }

        // The prompt was computed once, where answers can share it; each answer computed its tail of less than a block.
        if (blockTokens > 0)
        {
            int first = rig.Model.Steps.First().Sum(static entry => entry.Count);
            int tails = rig.Model.Steps.SelectMany(static step => step).Skip(1).Where(static entry => entry.Count > 1).Sum(static entry => entry.Count);
            await Assert.That((first, tails <= 4 * 32)).IsEqualTo((promptLength, true));
        }

        await rig.StopAsync();
    }

    [Test]
    public async Task SeveralAnswersOfOneToken_End()
    {
        await using EngineRig rig = new();
        GenerationRequest request = EngineRig.Greedy(EngineRig.Prompt(3, 60), 1) with { Answers = 4 };
        List<TokenEvent> events = await rig.RunAsync(request);
        await Assert.That(events.Select(static item => item.Finish)).IsEquivalentTo(Enumerable.Repeat(Finish.Length, 4));
        for (int answer = 0; answer < 4; answer++)
        {
            await Assert.That(EngineRig.Tokens(events, answer)).IsEqualTo(EngineRig.Expected(request.PromptIds, 1));
        }

        await rig.StopAsync();
    }

    [Test]
    [Arguments(0)]
    [Arguments(3)]
    public async Task PromptLogProbabilities_ComePieceByPieceAndUseNoPrefix(int tokens)
    {
        // One block a step.
        EngineSettings settings = new() { PromptRowsBytes = 1 };
        await using EngineRig rig = new(settings: settings);
        int[] prompt = EngineRig.Prompt(3, 150);
        await rig.RunAsync(EngineRig.Greedy(prompt, 1));
        GenerationRequest request = EngineRig.Greedy(prompt, tokens) with { PromptLogProbs = 2 };
        GenerationCall call = rig.Submit(request);
        List<TokenEvent> events = await EngineRig.ReadAsync(call);
        TokenEvent[] ofPrompt = [.. events.Where(static item => item.PromptIndex >= 0)];
        await Assert.That(ofPrompt.Select(static item => item.PromptIndex)).IsEquivalentTo(Enumerable.Range(1, 149), TUnit.Assertions.Enums.CollectionOrdering.Matching);
        await Assert.That(ofPrompt.Select(static item => item.Choice.Id)).IsEquivalentTo(prompt.Skip(1), TUnit.Assertions.Enums.CollectionOrdering.Matching);
        for (int i = 1; i < prompt.Length; i++)
        {
            TokenChoice expected = new LogProbabilities(2).Of(FakeModel.RowAfter(prompt.AsSpan(0, i), EngineRig.Vocabulary), prompt[i]);
            await Assert.That(ofPrompt[i - 1].Choice.LogProbability).IsEqualTo(expected.LogProbability);
            await Assert.That(ofPrompt[i - 1].Choice.TopLogProbs.Entries.SequenceEqual(expected.TopLogProbs.Entries)).IsTrue();
        }

        await Assert.That(EngineRig.Tokens(events)).IsEqualTo(EngineRig.Expected(prompt, tokens));
        await Assert.That((events[^1].Finish, call.CachedTokens)).IsEqualTo((Finish.Length, 0));
        await Assert.That(rig.Model.Steps.Max(static step => step.Max(static entry => entry.Rows))).IsEqualTo(32);
        await rig.StopAsync();
    }

    [Test]
    public async Task LogitsThatAreNotNumbers_FailTheirCallerOnly()
    {
        await using EngineRig rig = new();
        int[] prompt = EngineRig.Prompt(1, 40);
        rig.Model.IsFinite = static entries => entries[0].Ids.Length != 45;
        TokenEvent last = (await rig.RunAsync(EngineRig.Greedy(prompt, 30)))[^1];
        await Assert.That((last.Finish, last.Outcome.Code)).IsEqualTo((Finish.Failed, StatusCode.InternalInferenceError));

        // Nothing of what may be wrong is used again.
        GenerationCall again = rig.Submit(EngineRig.Greedy(prompt, 4));
        await Assert.That(EngineRig.Tokens(await EngineRig.ReadAsync(again))).IsEqualTo(EngineRig.Expected(prompt, 4));
        await Assert.That(again.CachedTokens).IsEqualTo(0);
        int[] other = EngineRig.Prompt(2, 50);
        await Assert.That(EngineRig.Tokens(await rig.RunAsync(EngineRig.Greedy(other, 30)))).IsEqualTo(EngineRig.Expected(other, 30));
        await rig.StopAsync();
    }

    [Test]
    public async Task Callers_AreToldOfTheirFaults()
    {
        await using EngineRig rig = new(blocks: 4, sequences: 3);
        GenerationRequest good = EngineRig.Greedy([1, 2], 5);
        await Assert.That(rig.Engine.Submit(good with { PromptIds = [] }).Code).IsEqualTo(StatusCode.GenerationInvalid);
        await Assert.That(rig.Engine.Submit(good with { PromptIds = [1, 50] }).Code).IsEqualTo(StatusCode.GenerationInvalid);
        await Assert.That(rig.Engine.Submit(good with { PromptIds = [-1] }).Code).IsEqualTo(StatusCode.GenerationInvalid);
        await Assert.That(rig.Engine.Submit(good with { Answers = 4 }).Code).IsEqualTo(StatusCode.GenerationInvalid);
        await Assert.That(rig.Engine.Submit(good with { PromptIds = new int[129] }).Code).IsEqualTo(StatusCode.PromptTooLong);
        await Assert.That(rig.Engine.Submit(good with { SamplingRules = new SamplingRules { TopP = 2 } }).IsOk).IsFalse();
        await rig.StopAsync();
    }

    private static string Sampled(GenerationRequest request, int answer)
    {
        Sampler sampler = new(request.SamplingRules, answer, request.PromptIds);
        List<int> ids = [.. request.PromptIds];
        do
        {
            ids.Add(sampler.Next(FakeModel.RowAfter(ids.ToArray(), EngineRig.Vocabulary)).Id);
        }
        while (ids.Count < request.PromptIds.Length + request.MaxTokens && !request.EndIds.Contains(ids[^1]));
        return string.Join(' ', ids.Skip(request.PromptIds.Length));
    }
}
