using Ovms.Generation.Cache;
using Ovms.Generation.Scheduling;
using Ovms.Generation.Requests;
using Ovms.Generation.Steps;
using Ovms.Language.Sampling;

namespace Ovms.Tests.Generation.Scheduling;

/// <summary>Random calls on a small cache, without a thread or a model: the rules of planning hold in every step.</summary>
public sealed class ScheduleWalkTests
{
    private const int Size = 8;
    private const int MaxTokens = 64;
    private const double StepSeconds = 0.001 * MaxTokens;

    [Test]
    [Arguments(1, 0, true)]
    [Arguments(2, 0, true)]
    [Arguments(3, 0, false)]
    [Arguments(4, 12, true)]
    public async Task EveryStep_KeepsTheRules(int seed, int stateRows, bool keepsPrefixes)
    {
        Random random = new(seed);
        StepCapacity capacity = new(Size, 20, stateRows, 6, 100);
        EngineSettings settings = new() { MaxBatchedTokens = MaxTokens, KeepsPrefixes = keepsPrefixes };
        EngineCounts counts = new(TimeProvider.System);
        Schedule schedule = new(capacity, settings, counts, static _ => { });
        StepSpeed speed = new(0.001);
        StepPlanner planner = new(capacity, settings, schedule, speed, TimeProvider.System);
        Dictionary<Sequence, int> waited = [];
        long arrivals = 0;
        int longest = 0;
        for (int step = 0; step < 6_000; step++)
        {
            if (schedule.Waiting.Count < 5 && random.Next(4) == 0)
            {
                schedule.Add(schedule.New(NewCall(random, ++arrivals, (long)(step * StepSeconds * TimeProvider.System.TimestampFrequency)), 0));
            }

            long admitted = schedule.Running.Select(static item => item.Owner.Arrival).DefaultIfEmpty().Max();
            long first = schedule.Waiting.Count > 0 ? schedule.Waiting[0].Owner.Arrival : 0;
            StepShare[] shares = planner.Plan(0, out Sequence? outOfMemory).ToArray();
            if (outOfMemory is not null)
            {
                await Assert.That(schedule.Running.Count == 1 && outOfMemory.Length == (20 * Size) + 1).IsTrue();
                schedule.Remove(outOfMemory);
                continue;
            }

            // First come, first served: nobody who came later runs while the first still waits, unless they ran before it lost its blocks.
            await Assert.That(schedule.Waiting.Count == 0 || schedule.Waiting[0].Owner.Arrival != first
                || schedule.Running.All(item => item.Owner.Arrival < first || item.Owner.Arrival <= admitted)).IsTrue();
            await Assert.That(shares.Sum(static share => share.Count) <= MaxTokens).IsTrue();
            (Sequence Sequence, int Count)[] parts = [.. shares.Select(share => (schedule.Running[share.Index], share.Count))];
            // The prompt that is due first goes on, whatever else there is.
            Sequence? firstDue = schedule.Running.Where(static item => !item.IsDecode).MinBy(Due);
            await Assert.That(firstDue is null || parts.Length == 0 || parts.Any(part => part.Sequence == firstDue)).IsTrue();
            foreach ((Sequence sequence, int count) in parts)
            {
                int to = sequence.Computed + count;
                await Assert.That(sequence.Blocks!.TryReach(to) && sequence.Blocks.MayWrite(sequence.Computed, to)).IsTrue();
                await Assert.That(to == sequence.Length || to % Size == 0).IsTrue();
            }

            foreach ((Sequence sequence, int count) in parts)
            {
                sequence.Advance(count);
                if (sequence.Computed == sequence.Length)
                {
                    sequence.Append(random.Next(3));
                }

                if (sequence.Generated >= sequence.Owner.Request.MaxTokens || random.Next(200) == 0)
                {
                    schedule.Remove(sequence);
                    waited.Remove(sequence);
                }
            }

            HashSet<Sequence> served = [.. parts.Select(static part => part.Sequence)];
            foreach (Sequence sequence in schedule.Running)
            {
                waited[sequence] = served.Contains(sequence) ? 0 : waited.GetValueOrDefault(sequence) + 1;
            }

            longest = Math.Max(longest, waited.Values.DefaultIfEmpty().Max());
            await Assert.That(OwnersOf(schedule)).IsEqualTo(string.Join(' ', Enumerable.Range(0, 20).Select(schedule.Cache!.OwnersOf)));
        }

        await Assert.That(arrivals > 150 && counts.Preemptions > 50 && longest < 40).IsTrue();
    }

    private static double Due(Sequence sequence) =>
        (sequence.Owner.Submitted / (double)TimeProvider.System.TimestampFrequency) + (sequence.Owner.PromptWork * 0.001);

    private static string OwnersOf(Schedule schedule)
    {
        int[] owners = new int[20];
        foreach (BlockTable table in schedule.Running.Select(static item => item.Blocks!))
        {
            foreach (int block in table.For(table.Count * Size).Span)
            {
                owners[block]++;
            }
        }

        return string.Join(' ', owners);
    }

    private static LiveCall NewCall(Random random, long arrival, long submitted)
    {
        int[] prompt = [.. Enumerable.Repeat(random.Next(2), random.Next(1, 60)), .. Enumerable.Range(0, random.Next(1, 40)).Select(_ => random.Next(3))];
        GenerationRequest request = new() { PromptIds = prompt, SamplingRules = new SamplingRules(), MaxTokens = random.Next(1, 90) };
        return new LiveCall(new GenerationCall(request, static () => { }), submitted, long.MaxValue) { Arrival = arrival };
    }
}
