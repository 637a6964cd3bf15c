using Ovms.Generation.Scheduling;
using Ovms.Generation.Requests;
using Ovms.Status;

namespace Ovms.Tests.Generation.Scheduling;

/// <summary>Callers that leave or are late, a full queue, and the end of the engine.</summary>
public sealed class LifetimeTests
{
    [Test]
    [Arguments(32, 40, 0)]
    [Arguments(32, 40, 30)]
    [Arguments(0, 0, 0)]
    public async Task Storm_OfCallersThatLeave_LeavesNothingBehind(int blockTokens, int blocks, int stateRows)
    {
        await using EngineRig rig = new(
            blocks: blocks, blockTokens: blockTokens, stateRows: stateRows, sequences: 12, settings: new EngineSettings { MaxWaiting = 1000 });
        int[] common = EngineRig.Prompt(1000, 70);
        await Parallel.ForEachAsync(Enumerable.Range(0, 400), new ParallelOptions { MaxDegreeOfParallelism = 20 }, async (number, _) =>
        {
            Random random = new(number);
            int[] prompt = [.. common.AsSpan(0, random.Next(70)), .. EngineRig.Prompt(number, random.Next(1, 100))];
            int answers = random.Next(4) == 0 ? 3 : 1;
            GenerationCall call = rig.Submit(EngineRig.Greedy(prompt, 100) with { Answers = answers });
            int wanted = random.Next(300);
            List<TokenEvent> events = [];
            while (events.Count < wanted && await call.WaitAsync(CancellationToken.None))
            {
                while (call.TryRead(out TokenEvent item))
                {
                    events.Add(item);
                }
            }

            call.Cancel();
            int[] expected = FakeModel.Greedy(prompt, 100, EngineRig.Vocabulary);
            for (int answer = 0; answer < answers; answer++)
            {
                int[] ids = EngineRig.Ids(events, answer);
                await Assert.That(expected.AsSpan(0, ids.Length).SequenceEqual(ids)).IsTrue();
            }
        });
        await rig.StopAsync();
        await Assert.That(rig.Engine.Counts.CancelledCalls > 0).IsTrue();
    }

    [Test]
    public async Task CancelledCall_EndsWithoutAnEventBeforeTheNextStep()
    {
        await using EngineRig rig = new();
        using SemaphoreSlim steps = new(0);
        rig.Model.Computes = _ => steps.Wait(TimeSpan.FromSeconds(20));
        GenerationCall call = rig.Submit(EngineRig.Greedy([1, 2], 1000));
        steps.Release(3);
        await call.WaitAsync(CancellationToken.None);
        call.Cancel();
        steps.Release(10);
        await EngineRig.ReadAsync(call);
        await Assert.That(rig.Model.Steps.Count <= 4).IsTrue();
        await rig.StopAsync();
    }

    [Test]
    [Arguments(32, 0)]
    [Arguments(32, 30)]
    [Arguments(0, 0)]
    public async Task CancelledAnswer_EndsBeforeTheNextStepAndTheOthersGoOn(int blockTokens, int stateRows)
    {
        await using EngineRig rig = new(blockTokens: blockTokens, stateRows: stateRows, sequences: 8);
        using SemaphoreSlim steps = new(0);
        rig.Model.Computes = _ => steps.Wait(TimeSpan.FromSeconds(20));
        int[] prompt = EngineRig.Prompt(1, 40);
        GenerationCall call = rig.Submit(EngineRig.Greedy(prompt, 60) with { Answers = 3 });
        List<TokenEvent> events = [];
        while (Enumerable.Range(0, 3).Any(answer => EngineRig.Ids(events, answer).Length == 0))
        {
            steps.Release();
            await call.WaitAsync(CancellationToken.None);
            while (call.TryRead(out TokenEvent item))
            {
                events.Add(item);
            }
        }

        // One step may be under way.
        call.CancelAnswer(1);
        int until = rig.Model.Steps.Count + 1;
        steps.Release(1000);
        events.AddRange(await EngineRig.ReadAsync(call));
        await Assert.That(rig.Model.Steps.Skip(until).All(static step => step.Length == 2)).IsTrue();
        await Assert.That(EngineRig.Ids(events, 1).Length).IsLessThan(5);
        foreach (int answer in (int[])[0, 2])
        {
            await Assert.That(EngineRig.Tokens(events, answer)).IsEqualTo(EngineRig.Expected(prompt, 60));
        }

        await rig.StopAsync();
        await Assert.That(rig.Engine.Counts.CancelledCalls).IsEqualTo(0);
    }

    [Test]
    public async Task CallWhoseAnswersAreAllCancelled_IsOverAndWasNotCutOff()
    {
        await using EngineRig rig = new();
        GenerationCall call = rig.Submit(EngineRig.Greedy([1, 2], 1_000_000) with { Answers = 2 });
        List<TokenEvent> events = [];
        while (Enumerable.Range(0, 2).Any(answer => EngineRig.Ids(events, answer).Length == 0) && await call.WaitAsync(CancellationToken.None))
        {
            while (call.TryRead(out TokenEvent item))
            {
                events.Add(item);
            }
        }

        call.CancelAnswer(0);
        call.CancelAnswer(0);
        call.CancelAnswer(1);
        call.Cancel();
        await EngineRig.ReadAsync(call);
        await rig.StopAsync();
        await Assert.That(rig.Engine.Counts.CancelledCalls).IsEqualTo(0);
    }

    [Test]
    public async Task ReaderThatStopsWaiting_MayWaitAgain()
    {
        await using EngineRig rig = new();
        using SemaphoreSlim steps = new(0);
        rig.Model.Computes = _ => steps.Wait(TimeSpan.FromSeconds(20));
        GenerationCall call = rig.Submit(EngineRig.Greedy([1, 2], 3));
        using CancellationTokenSource leaving = new();
        ValueTask<bool> wait = call.WaitAsync(leaving.Token);
        leaving.Cancel();
        await Assert.That(async () => await wait).Throws<OperationCanceledException>();
        steps.Release(10);
        await Assert.That((await EngineRig.ReadAsync(call)).Count).IsEqualTo(3);
        await rig.StopAsync();
    }

    [Test]
    public async Task LateAnswer_FailsWithWhatThereIs()
    {
        EngineClock clock = new();
        await using EngineRig rig = new(sequences: 1, clock: clock);
        rig.Model.Computes = _ =>
        {
            clock.Move(1);
            return true;
        };
        GenerationRequest request = EngineRig.Greedy([1, 2], 1000) with { TimeLimit = TimeSpan.FromSeconds(10.5) };
        GenerationCall first = rig.Submit(request);
        GenerationCall waiting = rig.Submit(request with { PromptIds = [3] });
        List<TokenEvent> events = await EngineRig.ReadAsync(first);
        await Assert.That((events[^1].Finish, events[^1].Outcome.Code)).IsEqualTo((Finish.Failed, StatusCode.DeadlineExceeded));
        await Assert.That(events.Count is > 5 and < 15).IsTrue();
        await Assert.That((await EngineRig.ReadAsync(waiting))[^1].Outcome.Code).IsEqualTo(StatusCode.DeadlineExceeded);
        await rig.StopAsync();
    }

    [Test]
    public async Task FullQueue_IsToldWithATime()
    {
        await using EngineRig rig = new(sequences: 2, settings: new EngineSettings { MaxWaiting = 3 });
        using SemaphoreSlim steps = new(0);
        rig.Model.Computes = _ => steps.Wait(TimeSpan.FromSeconds(20));
        GenerationRequest request = EngineRig.Greedy([1, 2], 3);
        GenerationCall[] calls = [rig.Submit(request with { Answers = 2 }), rig.Submit(request), rig.Submit(request), rig.Submit(request)];
        await Assert.That(rig.Engine.Submit(request).Code).IsEqualTo(StatusCode.GenerationQueueFull);
        await Assert.That(rig.Engine.RetryAfter.TotalSeconds).IsBetween(1, 60);
        steps.Release(1000);
        await Task.WhenAll(calls.Select(static call => EngineRig.ReadAsync(call)));
        await rig.RunAsync(request);
        await rig.StopAsync();
    }

    [Test]
    public async Task Drain_TakesNothingNewAndLetsTheRestEnd()
    {
        await using EngineRig rig = new(sequences: 2);
        using SemaphoreSlim steps = new(0);
        rig.Model.Computes = _ => steps.Wait(TimeSpan.FromSeconds(20));
        GenerationCall[] calls = [.. Enumerable.Range(0, 5).Select(i => rig.Submit(EngineRig.Greedy([i], 20)))];
        Task stopped = rig.Engine.StopAsync(CancellationToken.None);
        await Assert.That(rig.Engine.Submit(EngineRig.Greedy([1], 1)).Code).IsEqualTo(StatusCode.ServerShuttingDown);
        steps.Release(10_000);
        for (int i = 0; i < calls.Length; i++)
        {
            await Assert.That(EngineRig.Tokens(await EngineRig.ReadAsync(calls[i]))).IsEqualTo(EngineRig.Expected([i], 20));
        }

        await stopped;
        await rig.StopAsync();
    }

    [Test]
    public async Task EndOfTheDrain_EndsTheRestWithAnEvent()
    {
        await using EngineRig rig = new(sequences: 2);
        using SemaphoreSlim steps = new(0);
        rig.Model.Computes = _ => steps.Wait(TimeSpan.FromSeconds(20));
        GenerationCall[] calls = [.. Enumerable.Range(0, 5).Select(i => rig.Submit(EngineRig.Greedy([i], 1000)))];
        using CancellationTokenSource drained = new();
        Task stopped = rig.Engine.StopAsync(drained.Token);
        steps.Release(10);
        await calls[0].WaitAsync(CancellationToken.None);
        drained.Cancel();
        steps.Release(10);
        foreach (GenerationCall call in calls)
        {
            TokenEvent last = (await EngineRig.ReadAsync(call))[^1];
            await Assert.That((last.Finish, last.Outcome.Code)).IsEqualTo((Finish.Failed, StatusCode.ServerShuttingDown));
        }

        await stopped;
        await rig.StopAsync();
    }

    [Test]
    public async Task UnreadCall_HoldsNoMoreThanItsTokens()
    {
        await using EngineRig rig = new();
        GenerationCall unread = rig.Submit(EngineRig.Greedy([1, 2], 100));
        await rig.Engine.StopAsync(CancellationToken.None);
        int events = 0;
        while (unread.TryRead(out _))
        {
            events++;
        }

        await Assert.That(events).IsEqualTo(100);
        await Assert.That(await unread.WaitAsync(CancellationToken.None)).IsFalse();
    }
}
