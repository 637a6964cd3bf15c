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
    [Arguments(1, 0, true, 1)]
    [Arguments(2, 0, true, 1)]
    [Arguments(3, 0, false, 1)]
    [Arguments(4, 12, true, 1)]
    [Arguments(5, 16, true, 2)]
    [Arguments(6, 40, true, 3)]
    [Arguments(7, 12, false, 1)]
    public async Task EveryStep_KeepsTheRules(int seed, int stateRows, bool keepsPrefixes, int stateInterval)
    {
        Random random = new(seed);
        StepCapacity capacity = new(Size, 20, stateRows, 6, 100);
        EngineSettings settings = new() { MaxBatchedTokens = MaxTokens, KeepsPrefixes = keepsPrefixes, StateInterval = stateInterval };
        ulong[] states = new ulong[stateRows];
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
                LiveCall call = NewCall(random, ++arrivals, (long)(step * StepSeconds * TimeProvider.System.TimestampFrequency));
                call.Unforked = call.Request.Answers - 1;
                schedule.Add(schedule.New(call, 0));
            }

            long admitted = schedule.Running.Select(static item => item.Owner.Arrival).DefaultIfEmpty().Max();
            Sequence? first = schedule.Waiting.Count > 0 ? schedule.Waiting[0] : null;
            StepShare[] shares = planner.Plan(0, out Sequence? outOfMemory).ToArray();
            if (outOfMemory is not null)
            {
                await Assert.That(schedule.Running.Count == 1 && outOfMemory.Length == (20 * Size) + 1).IsTrue();
                schedule.Remove(outOfMemory);
                continue;
            }

            // First come, first served: nobody who came later runs while the first still waits, unless they ran before it lost its blocks.
            await Assert.That(first is null || schedule.Waiting.Count == 0 || schedule.Waiting[0] != first
                || schedule.Running.All(item => item.IsBefore(first) || item.Owner.Arrival <= admitted)).IsTrue();
            await Assert.That(shares.Length > 0 || schedule.Running.Count == 0).IsTrue();
            await Assert.That(shares.Sum(static share => share.Count) <= MaxTokens).IsTrue();
            (Sequence Sequence, int Count)[] parts = [.. shares.Select(share => (schedule.Running[share.Index], share.Count))];
            // The prompt that is due first goes on, whatever else there is. Only a copy may have to wait for a block.
            Sequence? firstDue = schedule.Running.Where(static item => !item.IsDecode).MinBy(Due);
            await Assert.That(firstDue is null || firstDue.Answer > 0 || parts.Length == 0 || parts.Any(part => part.Sequence == firstDue)).IsTrue();
            foreach ((Sequence sequence, int count) in parts)
            {
                int to = sequence.Computed + count;
                await Assert.That(sequence.Blocks!.TryReach(to) && sequence.Blocks.MayWrite(sequence.Computed, to)).IsTrue();
                await Assert.That(to == sequence.Length || to % Size == 0).IsTrue();
            }

            foreach ((Sequence sequence, int count) in parts)
            {
                schedule.PlanStates(sequence, sequence.Computed + count);
            }

            foreach ((Sequence sequence, int count) in parts)
            {
                await Assert.That(ComputeStates(states, sequence, count)).IsTrue();
            }

            foreach ((Sequence sequence, int count) in parts)
            {
                sequence.Advance(count);
                List<Sequence> all = [sequence];
                while (sequence.Computed == sequence.Length && sequence.WillFork)
                {
                    all.Add(schedule.Fork(sequence, sequence.Owner.Request.Answers - sequence.Owner.Unforked));
                }

                if (sequence.Computed == sequence.Length)
                {
                    all.ForEach(item => item.Append(random.Next(3)));
                }

                foreach (Sequence ended in all.Where(item => item.Generated >= item.Owner.Request.MaxTokens || random.Next(200) == 0).ToArray())
                {
                    schedule.Remove(ended);
                    waited.Remove(ended);
                }
            }

            HashSet<Sequence> served = [.. parts.Select(static part => part.Sequence)];
            foreach (Sequence sequence in schedule.Running.Where(static item => item.Answer == 0))
            {
                waited[sequence] = served.Contains(sequence) ? 0 : waited.GetValueOrDefault(sequence) + 1;
            }

            longest = Math.Max(longest, waited.Values.DefaultIfEmpty().Max());
            await Assert.That(OwnersOf(schedule)).IsEqualTo(string.Join(' ', Enumerable.Range(0, 20).Select(schedule.Cache!.OwnersOf)));
            if (schedule.Rows is { } rows)
            {
                int[] owned = [.. schedule.Running.SelectMany(static item => (int[])[item.States!.Read, item.States.Write])];
                await Assert.That(Enumerable.Range(0, stateRows).All(row => rows.OwnersOf(row) == owned.Count(other => other == row))).IsTrue();
                await Assert.That(schedule.Running.All(item => rows.MayWrite(item.States!.Write))).IsTrue();
                await Assert.That(rows.Available).IsEqualTo(stateRows - owned.Distinct().Count());
            }
        }

        while (schedule.Running.Count > 0)
        {
            schedule.Remove(schedule.Running[0]);
        }

        await Assert.That(schedule.Rows is null || (schedule.Rows.Available == stateRows && (keepsPrefixes || schedule.Rows.Free == stateRows))).IsTrue();

        await Assert.That(arrivals > 100 && counts.Preemptions > 50).IsTrue();
        await Assert.That(longest).IsLessThan(40);
        await Assert.That(counts.CachedTokens > 500).IsEqualTo(keepsPrefixes);
    }

    // What a row holds stands for the tokens before it. False if a step would go on from another place.
    private static bool ComputeStates(ulong[] states, Sequence sequence, int count)
    {
        if (sequence.States is not { } rows)
        {
            return true;
        }

        bool isRight = sequence.Computed == 0 || states[rows.Read] == StateAfter(sequence.Computed);
        states[rows.Read] = sequence.Computed == 0 ? 0 : states[rows.Read];
        for (int i = 0; i < rows.Inside.Length; i++)
        {
            states[rows.Inside.Span[i]] = StateAfter(((sequence.Computed / rows.Every) + 1 + i) * rows.Every);
        }

        states[rows.Write] = StateAfter(sequence.Computed + count);
        return isRight;

        ulong StateAfter(int tokens)
        {
            ulong state = 1;
            foreach (int id in sequence.Ids[..tokens])
            {
                state = (state * 31) + (ulong)id + 7;
            }

            return state;
        }
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
        GenerationRequest request = new() { PromptIds = prompt, SamplingRules = new SamplingRules(), MaxTokens = random.Next(1, 90), Answers = random.Next(4) == 0 ? random.Next(2, 4) : 1 };
        return new LiveCall(new GenerationCall(request, static () => { }), submitted, long.MaxValue) { Arrival = arrival };
    }
}
