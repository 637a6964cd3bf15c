using Ovms.Generation.Requests;
using Ovms.Generation.Scheduling;
using Ovms.Generation.Steps;
using Ovms.Status;

namespace Ovms.Tests.Generation.Scheduling;

/// <summary>Steps that fail or hang.</summary>
public sealed class FailureTests
{
    private const int Poison = 49;

    [Test]
    [Arguments(true, 0)]
    [Arguments(false, 0)]
    [Arguments(false, 30)]
    public async Task Culprit_FailsAlone(bool throws, int stateRows)
    {
        await using EngineRig rig = new(stateRows: stateRows);
        rig.Model.Computes = entries => !entries.Any(IsPoisoned) || (throws ? throw new InvalidOperationException("made to throw") : false);
        int[][] prompts = [.. Enumerable.Range(0, 9).Select(static i => Harmless(i, 40 + i))];
        int[] poisoned = [.. Harmless(20, 60), Poison];
        Task<List<TokenEvent>> culprit = rig.RunAsync(EngineRig.Greedy(poisoned, 20));
        List<TokenEvent>[] others = await Task.WhenAll(prompts.Select(prompt => rig.RunAsync(Until49(prompt))));
        for (int i = 0; i < prompts.Length; i++)
        {
            await Assert.That(EngineRig.Tokens(others[i])).IsEqualTo(EngineRig.Expected(prompts[i], 40, Poison));
        }

        TokenEvent last = (await culprit)[^1];
        await Assert.That((last.Finish, last.Outcome.Code)).IsEqualTo((Finish.Failed, StatusCode.InternalInferenceError));
        await Assert.That((rig.Model.Restarts, rig.Engine.Unhealthy)).IsEqualTo((0, null));
        await rig.StopAsync();
    }

    [Test]
    public async Task CulpritAlone_RestartsNothing()
    {
        await using EngineRig rig = new();
        rig.Model.Computes = static entries => !entries.Any(IsPoisoned);
        for (int i = 0; i < 5; i++)
        {
            TokenEvent last = (await rig.RunAsync(EngineRig.Greedy([1, 2, Poison], 20)))[^1];
            await Assert.That(last.Outcome.Code).IsEqualTo(StatusCode.InternalInferenceError);
        }

        await Assert.That((rig.Model.Restarts, rig.Engine.Unhealthy)).IsEqualTo((0, null));
        await rig.StopAsync();
    }

    [Test]
    public async Task StepThatFailsOnce_IsRepeated()
    {
        await using EngineRig rig = new();
        int steps = 0;
        rig.Model.Computes = _ => Interlocked.Increment(ref steps) % 3 != 0;
        int[][] prompts = [.. Enumerable.Range(0, 5).Select(static i => EngineRig.Prompt(i, 100))];
        List<TokenEvent>[] all = await Task.WhenAll(prompts.Select(prompt => rig.RunAsync(EngineRig.Greedy(prompt, 30))));
        for (int i = 0; i < prompts.Length; i++)
        {
            await Assert.That(EngineRig.Tokens(all[i])).IsEqualTo(EngineRig.Expected(prompts[i], 30));
        }

        await Assert.That(rig.Engine.Counts.FailedSteps > 0).IsTrue();
        await rig.StopAsync();
    }

    [Test]
    [Arguments(32, 0)]
    [Arguments(32, 20)]
    [Arguments(0, 0)]
    public async Task ModelThatCannotCompute_IsRestartedAndAllGoesOn(int blockTokens, int stateRows)
    {
        await using EngineRig rig = new(blockTokens: blockTokens, stateRows: stateRows, sequences: 10);
        int broken = -1;
        rig.Model.Computes = _ =>
        {
            if (rig.Model.Steps.Count == 12)
            {
                broken = rig.Model.Restarts;
            }

            return broken != rig.Model.Restarts;
        };
        int[][] prompts = [.. Enumerable.Range(0, 5).Select(static i => EngineRig.Prompt(i, 100))];
        List<TokenEvent>[] all = await Task.WhenAll(prompts.Select(prompt => rig.RunAsync(EngineRig.Greedy(prompt, 30))));
        for (int i = 0; i < prompts.Length; i++)
        {
            await Assert.That(EngineRig.Tokens(all[i])).IsEqualTo(EngineRig.Expected(prompts[i], 30));
        }

        await Assert.That((rig.Model.Restarts, rig.Engine.Counts.Restarts, rig.Engine.Unhealthy)).IsEqualTo((1, 1, null));
        await rig.StopAsync();
    }

    [Test]
    public async Task SecondRestartWithinAMinute_IsAFailureOfTheModel()
    {
        EngineClock clock = new();
        await using EngineRig rig = new(clock: clock);
        using SemaphoreSlim submitted = new(0);
        rig.Model.Computes = _ =>
        {
            submitted.Wait(TimeSpan.FromSeconds(20));
            return false;
        };
        Task<List<TokenEvent>>[] answers =
        [
            .. Enumerable.Range(0, 4).Select(i => rig.RunAsync(EngineRig.Greedy(EngineRig.Prompt(i, 50), 5) with { Answers = 2 })),
        ];
        submitted.Release(1000);
        List<TokenEvent>[] all = await Task.WhenAll(answers);
        await Assert.That(all.All(static events => events.Count == 2 && events.All(static item => item.Outcome.Code == StatusCode.LanguageModelFailed))).IsTrue();
        await Assert.That((rig.Model.Restarts, rig.Engine.HasFailed)).IsEqualTo((1, true));
        await Assert.That(rig.Engine.Unhealthy).Contains("made to fail");
        await Assert.That(rig.Engine.Submit(EngineRig.Greedy([1], 5)).Code).IsEqualTo(StatusCode.LanguageModelFailed);
        await rig.StopAsync();
    }

    [Test]
    public async Task SurpriseOnTheThread_IsAFailureOfTheModel()
    {
        List<string?> told = [];
        await using EngineRig rig = new(settings: new EngineSettings { HealthChanged = told.Add });

        // The one exception that no step takes for its own.
        using SemaphoreSlim submitted = new(0);
        rig.Model.Computes = _ =>
        {
            submitted.Wait(TimeSpan.FromSeconds(20));
            throw new OutOfMemoryException("made to run out");
        };
        Task<List<TokenEvent>>[] answers =
        [
            .. Enumerable.Range(0, 3).Select(i => rig.RunAsync(EngineRig.Greedy(EngineRig.Prompt(i, 50), 5) with { Answers = 2 })),
        ];
        submitted.Release(1000);
        List<TokenEvent>[] all = await Task.WhenAll(answers);
        await Assert.That(all.All(static events => events.Count == 2 && events.All(static item => item.Outcome.Code == StatusCode.LanguageModelFailed))).IsTrue();
        await Assert.That(rig.Engine.HasFailed).IsTrue();
        await Assert.That(string.Join(" | ", told)).IsEqualTo("the engine failed: made to run out");
        await Assert.That(rig.Engine.Submit(EngineRig.Greedy([1], 5)).Text).Contains("made to run out");
        await rig.StopAsync();
    }

    [Test]
    public async Task RestartsMoreThanAMinuteApart_GoOn()
    {
        EngineClock clock = new();
        await using EngineRig rig = new(clock: clock);
        int broken = -1;
        rig.Model.Computes = _ => broken != rig.Model.Restarts;
        for (int i = 0; i < 3; i++)
        {
            broken = i;
            int[] prompt = EngineRig.Prompt(i, 50);
            await Assert.That(EngineRig.Tokens(await rig.RunAsync(EngineRig.Greedy(prompt, 5)))).IsEqualTo(EngineRig.Expected(prompt, 5));
            clock.Move(61);
        }

        await Assert.That((rig.Model.Restarts, rig.Engine.Unhealthy)).IsEqualTo((3, null));
        await rig.StopAsync();
    }

    [Test]
    public async Task StepThatHangs_MakesTheModelUnreadyUntilItEnds()
    {
        EngineClock clock = new();
        await using EngineRig rig = new(clock: clock);
        using SemaphoreSlim began = new(0);
        using SemaphoreSlim steps = new(0);
        rig.Model.Computes = _ =>
        {
            began.Release();
            return steps.Wait(TimeSpan.FromSeconds(20));
        };
        Task<List<TokenEvent>> answer = rig.RunAsync(EngineRig.Greedy([1, 2], 2));
        await began.WaitAsync();
        clock.Move(59);
        await Assert.That(rig.Engine.Unhealthy).IsNull();
        clock.Move(2);
        await Assert.That(rig.Engine.Unhealthy).Contains("runs for more than 60 s");
        await Assert.That(rig.Engine.HasFailed).IsFalse();
        steps.Release(2);
        await answer;
        await Assert.That(rig.Engine.Unhealthy).IsNull();
        await rig.StopAsync();
    }

    [Test]
    public async Task DeadlineDuringAStepThatHangs_AnswersTheCallers()
    {
        EngineClock clock = new();
        await using EngineRig rig = new(sequences: 2, clock: clock);
        using SemaphoreSlim began = new(0);
        using SemaphoreSlim steps = new(0);
        rig.Model.Computes = _ =>
        {
            began.Release();
            return steps.Wait(TimeSpan.FromSeconds(60));
        };
        GenerationRequest request = EngineRig.Greedy([1, 2], 5) with { TimeLimit = TimeSpan.FromSeconds(10), Answers = 2 };
        GenerationCall computed = rig.Submit(request);
        GenerationCall waiting = rig.Submit(request with { PromptIds = [3] });
        await began.WaitAsync();
        GenerationCall unseen = rig.Submit(request with { PromptIds = [4] });
        clock.Move(9);
        await Assert.That(computed.TryRead(out _)).IsFalse();
        clock.Move(1.5);
        foreach (GenerationCall call in (GenerationCall[])[computed, waiting, unseen])
        {
            List<TokenEvent> events = await EngineRig.ReadAsync(call);
            await Assert.That(events.Select(static item => item.Answer)).IsEquivalentTo([0, 1]);
            await Assert.That(events.All(static item => item.Outcome.Code == StatusCode.DeadlineExceeded)).IsTrue();
            await Assert.That(events[0].Outcome.Text).Contains("was not complete after 10 s (generation_timeout_seconds)");
        }

        // What they held is free when the step ends, and nothing of theirs is computed any more.
        steps.Release(1000);
        GenerationCall next = rig.Submit(EngineRig.Greedy([5, 6], 3));
        await Assert.That(EngineRig.Tokens(await EngineRig.ReadAsync(next))).IsEqualTo(EngineRig.Expected([5, 6], 3));
        await rig.StopAsync();
    }

    private static bool IsPoisoned(StepEntry entry) => entry.Ids.Span[entry.From..].Contains(Poison);

    private static GenerationRequest Until49(int[] prompt) => EngineRig.Greedy(prompt, 40, Poison);

    private static int[] Harmless(int number, int length) => [.. EngineRig.Prompt(number, length).Select(static id => id % Poison)];
}
