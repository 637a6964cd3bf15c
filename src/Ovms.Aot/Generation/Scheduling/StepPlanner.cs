using Ovms.Generation.Steps;

namespace Ovms.Generation.Scheduling;

/// <summary>Admits sequences and plans steps: it gives <see cref="StepPlan"/> its view, and carries out its preemptions.</summary>
/// <param name="capacity">What the model can hold.</param>
/// <param name="settings">The settings.</param>
/// <param name="schedule">The sequences.</param>
/// <param name="speed">How long steps take.</param>
/// <param name="clock">The source of time.</param>
internal sealed class StepPlanner(StepCapacity capacity, EngineSettings settings, Schedule schedule, StepSpeed speed, TimeProvider clock)
{
    private readonly double _secondsPerTick = 1.0 / clock.TimestampFrequency;
    private readonly StepPlan _plan = new();
    private readonly int _maxTokens = Math.Max(settings.MaxBatchedTokens, capacity.BlockTokens + 1);
    private SequenceView[] _views = [];
    private bool _wasShort;
    private long _turn;
    private int _promptTokens;

    /// <summary>Plans the next step.</summary>
    /// <param name="now">The time, as a timestamp.</param>
    /// <param name="outOfMemory">A sequence that must end, after which the plan is made again; null if the plan is made.</param>
    /// <returns>The parts of the step; indices are those of the running sequences.</returns>
    public ReadOnlySpan<StepShare> Plan(long now, out Sequence? outOfMemory)
    {
        // What becomes free is for those that wait for a block.
        if (!_wasShort || schedule.Running.Count == 0)
        {
            schedule.Admit(now);
        }

        // Only after a restart can what waits have become too long.
        if (schedule.CanNeverAdmitFirst)
        {
            outOfMemory = schedule.Waiting[0];
            return [];
        }

        _turn++;
        _wasShort = false;
        while (true)
        {
            _plan.Compute(View());
            _wasShort |= _plan.IsShort;
            if (_plan.Preempted < 0)
            {
                outOfMemory = _plan.OutOfMemory < 0 ? null : schedule.Running[_plan.OutOfMemory];
                return _plan.Shares;
            }

            schedule.Preempt(schedule.Running[_plan.Preempted]);
        }
    }

    private PlanView View()
    {
        SequenceLine running = schedule.Running;
        if (_views.Length < running.Count)
        {
            _views = new SequenceView[running.Count * 2];
        }

        int available = schedule.Cache?.Available ?? 0;
        int decodes = 0;
        Sequence? first = FirstDue();
        for (int i = 0; i < running.Count; i++)
        {
            Sequence sequence = running[i];
            bool follows = !sequence.IsDecode && sequence != first && first?.Blocks is { } blocks && !sequence.WantsAllRows
                && sequence.Blocks!.Follows(sequence.Ids, blocks, first.Ids, schedule.PrefixInterval);
            decodes += sequence.IsDecode ? 1 : 0;

            // A sequence needs one block at most beyond those it was admitted with. Only if that many are not there does it matter whose
            // blocks are shared.
            int held = sequence.Blocks?.Count ?? 0;
            int alone = available < running.Count ? sequence.Blocks?.OwnedAlone ?? 0 : held;
            _views[i] = new SequenceView(sequence.Length, sequence.Computed, held, alone, RowLimit(sequence), Due(sequence), follows)
            {
                Cut = settings.SplitsPrompts && sequence.States is { } states ? states.CutOf(sequence) : int.MaxValue,
            };
        }

        double target = decodes > 0 ? settings.StepSeconds : settings.PromptStepSeconds;
        return new PlanView(_views.AsSpan(0, running.Count))
        {
            BlockTokens = capacity.BlockTokens,
            Available = schedule.Cache?.Available ?? 0,
            MaxTokens = _maxTokens,
            PromptTokens = PromptTokens(target, decodes),
            SplitsPrompts = settings.SplitsPrompts,
            Turn = _turn,
        };
    }

    // Steady beside streams: a step with another number of tokens than the one before takes longer, because OpenVINO prepares its layers
    // for the other shape.
    private int PromptTokens(double target, int decodes)
    {
        int wanted = speed.PromptTokensIn(target, decodes);
        int unit = Math.Max(capacity.BlockTokens, 1);
        if (decodes == 0 || Math.Abs((long)wanted - _promptTokens) >= unit + (unit / 2))
        {
            _promptTokens = wanted / unit * unit;
        }

        return _promptTokens;
    }

    // The prompt that the step computes in any case.
    private Sequence? FirstDue()
    {
        Sequence? first = null;
        for (int i = 0; i < schedule.Running.Count; i++)
        {
            Sequence sequence = schedule.Running[i];
            if (sequence.IsDecode)
            {
                continue;
            }

            schedule.Adopt(sequence);
            first = !sequence.IsDecode && (first is null || Due(sequence) < Due(first)) ? sequence : first;
        }

        return first;
    }

    private double Due(Sequence sequence) =>
        (sequence.Owner.Submitted * _secondsPerTick) + (sequence.Owner.PromptWork * speed.PromptTokenSeconds);

    private int RowLimit(Sequence sequence)
    {
        if (!sequence.WantsAllRows)
        {
            return int.MaxValue;
        }

        int unit = Math.Max(capacity.BlockTokens, 1);
        long rows = settings.PromptRowsBytes / (sizeof(float) * (long)capacity.Vocabulary);
        return (int)Math.Clamp(rows / unit * unit, unit, int.MaxValue);
    }
}
