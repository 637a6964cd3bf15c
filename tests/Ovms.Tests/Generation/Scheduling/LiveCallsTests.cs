using Ovms.Generation.Requests;
using Ovms.Generation.Scheduling;
using Ovms.Generation.Steps;
using Ovms.Status;

namespace Ovms.Tests.Generation.Scheduling;

/// <summary>How calls end whose sequence fills the whole cache.</summary>
public sealed class LiveCallsTests
{
    [Test]
    [Arguments(1)]
    [Arguments(3)]
    public async Task SequenceThatFillsTheCacheWithoutATokenOfItsOwn_Fails(int answers)
    {
        Rig rig = new(EngineRig.Prompt(1, 70), answers);
        rig.Calls.EndForMemory(rig.Sequence);

        List<TokenEvent> events = await rig.ReadAsync();
        await Assert.That(events.Select(static item => item.Answer)).IsEquivalentTo(Enumerable.Range(0, answers));
        foreach (TokenEvent item in events)
        {
            await Assert.That((item.Finish, item.HasToken, item.Outcome.Code)).IsEqualTo((Finish.Failed, false, StatusCode.OutOfMemory));
            await Assert.That(item.Outcome.Text).Contains("the KV cache holds 64 tokens, the prompt has 70; shorten it, or raise cache_size");
        }

        // What callers over HTTP get.
        await Assert.That(StatusCode.OutOfMemory.ToHttp()).IsEqualTo(503);
        await Assert.That((rig.Calls.Count, rig.Admission.Sequences)).IsEqualTo((0, 0));
    }

    [Test]
    public async Task SequenceThatFillsTheCacheWithAnAnswer_EndsWithIt()
    {
        Rig rig = new(EngineRig.Prompt(1, 70), answers: 1);
        rig.Sequence.Append(7);
        rig.Calls.EndForMemory(rig.Sequence);

        TokenEvent last = (await rig.ReadAsync()).Single();
        await Assert.That((last.Finish, last.Outcome.IsOk)).IsEqualTo((Finish.Memory, true));
        await Assert.That((rig.Calls.Count, rig.Admission.Sequences)).IsEqualTo((0, 0));
    }

    // A call whose prompt is larger than the cache of two blocks, which a check at its submission usually refuses.
    private sealed class Rig
    {
        private readonly GenerationCall _call;

        public Rig(int[] prompt, int answers)
        {
            EngineCounts counts = new(TimeProvider.System);
            Schedule schedule = new(new StepCapacity(32, 2, 0, 8, EngineRig.Vocabulary), new EngineSettings(), counts, static _ => { });
            Admission = new Admission(8, 8, TimeProvider.System);
            Admission.TryEnter(answers);
            Calls = new LiveCalls(schedule, Admission, counts);
            _call = new GenerationCall(EngineRig.Greedy(prompt, 5) with { Answers = answers }, static () => { });
            Calls.Add(new LiveCall(_call, submitted: 0, deadline: long.MaxValue));
            Sequence = schedule.Waiting[0];
        }

        public LiveCalls Calls { get; }

        public Admission Admission { get; }

        public Sequence Sequence { get; }

        public Task<List<TokenEvent>> ReadAsync()
        {
            Calls.Flush();
            return EngineRig.ReadAsync(_call);
        }
    }
}
