using Ovms.Generation.Requests;
using Ovms.Generation.Steps;
using Ovms.Status;

namespace Ovms.Generation.Scheduling;

/// <summary>
/// Computes planned steps. A step that fails is repeated once, then in halves, so that only the sequence that makes it fail ends. Used by
/// the engine's thread.
/// </summary>
/// <param name="runner">Computes.</param>
/// <param name="schedule">Gives the states that are kept their rows.</param>
/// <param name="delivery">Gets what was computed.</param>
/// <param name="calls">Ends the sequences at fault.</param>
/// <param name="counts">The counts.</param>
/// <param name="clock">The source of time.</param>
internal sealed class StepExecution(
    IStepRunner runner, Schedule schedule, Delivery delivery, LiveCalls calls, EngineCounts counts, TimeProvider clock)
{
    private readonly List<(Sequence Sequence, Outcome Outcome)> _failed = [];
    private readonly StepEntry[] _probe = new StepEntry[1];
    private StepEntry[] _entries = [];
    private StepPart[] _parts = [];
    private bool _delivered;

    /// <summary>How long the model computed the latest step, in the clock's ticks.</summary>
    public long ComputeTime { get; private set; }

    /// <summary>Computes a step and delivers it.</summary>
    /// <param name="shares">The parts of the step; at least one.</param>
    /// <param name="running">The sequences that they refer to.</param>
    /// <returns>Success, also if some sequences ended as failed; or why the model cannot compute at all.</returns>
    public Outcome Run(ReadOnlySpan<StepShare> shares, SequenceLine running)
    {
        Fill(shares, running);
        int count = shares.Length;
        long began = clock.GetTimestamp();
        Outcome outcome = Compute(_entries.AsSpan(0, count));
        ComputeTime = clock.GetTimestamp() - began;
        if (!outcome.IsOk)
        {
            counts.StepFailed();
            outcome = Compute(_entries.AsSpan(0, count));
        }

        if (outcome.IsOk)
        {
            delivery.Deliver(_parts.AsSpan(0, count));
        }
        else
        {
            outcome = Isolate(count, outcome);
        }

        // They refer to sequences that may have ended.
        Array.Clear(_entries, 0, count);
        Array.Clear(_parts, 0, count);
        return outcome;
    }

    private Outcome Isolate(int count, Outcome outcome)
    {
        _failed.Clear();
        _delivered = false;
        if (count == 1)
        {
            _failed.Add((_parts[0].Sequence, outcome));
        }
        else
        {
            RunHalves(0, count);
        }

        // If nothing was computed, the model is at fault, unless it can compute something else.
        if (!_delivered && Probe(_failed[0].Sequence) is { IsOk: false } broken)
        {
            return broken;
        }

        foreach ((Sequence sequence, Outcome why) in _failed)
        {
            calls.End(sequence, Finish.Failed, why);
        }

        _failed.Clear();
        return Outcome.Ok;
    }

    private void RunHalves(int from, int count)
    {
        RunPart(from, count / 2);
        RunPart(from + (count / 2), count - (count / 2));
    }

    private void RunPart(int from, int count)
    {
        Outcome outcome = Compute(_entries.AsSpan(from, count));
        if (outcome.IsOk)
        {
            _delivered = true;
            delivery.Deliver(_parts.AsSpan(from, count));
        }
        else if (count == 1)
        {
            _failed.Add((_parts[from].Sequence, outcome));
        }
        else
        {
            RunHalves(from, count);
        }
    }

    // Computes one harmless token in the place of a sequence that failed. It may overwrite what that sequence holds: it ends if this
    // succeeds, and is computed again if not.
    private Outcome Probe(Sequence failed)
    {
        int[] ids = [0];
        int[] blocks = failed.Blocks is null ? [] : [failed.Blocks.For(failed.Computed + 1).Span[^1]];
        runner.Forget(failed.Slot);

        // The row that is read is cleared.
        failed.States?.Separate();
        _probe[0] = EntryOf(failed, ids, from: 0, sampleFrom: 0, blocks);
        return Compute(_probe);
    }

    private static StepEntry EntryOf(
        Sequence sequence, ReadOnlyMemory<int> ids, int from, int sampleFrom, ReadOnlyMemory<int> blocks) =>
        new(sequence.Slot, ids, from, sampleFrom, blocks, sequence.States?.Read ?? -1, sequence.States?.Write ?? -1);

    private Outcome Compute(ReadOnlySpan<StepEntry> entries)
    {
        try
        {
            return runner.Run(entries);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // The model's side must not end the server.
            return Outcome.Fail(StatusCode.InternalInferenceError, fault.Message);
        }
    }

    private void Fill(ReadOnlySpan<StepShare> shares, SequenceLine running)
    {
        if (_entries.Length < shares.Length)
        {
            _entries = new StepEntry[shares.Length * 2];
            _parts = new StepPart[shares.Length * 2];
        }

        for (int i = 0; i < shares.Length; i++)
        {
            Sequence sequence = running[shares[i].Index];
            int to = sequence.Computed + shares[i].Count;
            bool reached = sequence.Blocks?.TryReach(to) ?? true;
            System.Diagnostics.Debug.Assert(reached, "The plan counted the blocks.");
            System.Diagnostics.Debug.Assert(sequence.Blocks?.MayWrite(sequence.Computed, to) != false, "Shared blocks are never written.");
            int sampleFrom = sequence.WantsAllRows ? sequence.Computed : to == sequence.Length ? to - 1 : to;
            schedule.PlanStates(sequence, to);
            _entries[i] = EntryOf(sequence, sequence.First(to), sequence.Computed, sampleFrom, sequence.Blocks?.For(to) ?? default) with
            {
                KeptEvery = sequence.States?.Every ?? 0,
                KeptRows = sequence.States?.Inside ?? default,
            };
            _parts[i] = new StepPart(sequence, shares[i].Count, to - sampleFrom);
        }
    }
}
