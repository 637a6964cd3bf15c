using System.Runtime.InteropServices;

namespace Ovms.Generation.Scheduling;

/// <summary>
/// Decides what the next step computes: the next token of all sequences that have their prompt, then pieces of prompts. It depends on its
/// view only. The object is used again for each step.
/// <para>If a sequence needs a block and none is available, the youngest sequence that owns any gives its blocks up, if it is younger than
/// the needy one. Else the needy one waits for older ones, and if it is the oldest, it has all there is and ends.</para>
/// </summary>
internal sealed class StepPlan
{
    private readonly List<StepShare> _shares = [];
    private readonly List<int> _prompts = [];
    private PromptWork[] _work = [];
    private int[] _counts = [];
    private int _available;

    /// <summary>The parts of the step; valid until the next one is planned.</summary>
    public ReadOnlySpan<StepShare> Shares => CollectionsMarshal.AsSpan(_shares);

    /// <summary>Index of a sequence that must release its blocks, after which the plan is made anew; -1 if none.</summary>
    public int Preempted { get; private set; }

    /// <summary>Index of a sequence that the cache cannot hold: it ends, and the plan is made anew; -1 if none.</summary>
    public int OutOfMemory { get; private set; }

    /// <summary>Whether a sequence waits for a block. No other is admitted meanwhile.</summary>
    public bool IsShort { get; private set; }

    /// <summary>Makes the plan.</summary>
    public void Compute(in PlanView view)
    {
        _shares.Clear();
        _prompts.Clear();
        (Preempted, OutOfMemory, IsShort, _available) = (-1, -1, false, view.Available);
        int decodes = 0;
        for (int i = 0; i < view.Sequences.Length; i++)
        {
            if (view.Sequences[i].IsDecode)
            {
                decodes++;
            }
            else if (!view.Sequences[i].Follows)
            {
                _prompts.Add(i);
            }
        }

        // Prompts that are computed whole take turns with the next tokens of the others.
        bool onlyPrompt = !view.SplitsPrompts && _prompts.Count > 0 && (decodes == 0 || view.Turn % 2 == 0);
        bool onlyDecodes = !view.SplitsPrompts && !onlyPrompt;
        if ((onlyPrompt || TryTakeDecodes(view, decodes)) && !onlyDecodes)
        {
            TakePrompts(view);
        }
    }

    // False if the plan must be made anew.
    private bool TryTakeDecodes(in PlanView view, int decodes)
    {
        int limit = _prompts.Count > 0 && view.SplitsPrompts ? view.MaxTokens - Math.Max(view.BlockTokens, 1) : view.MaxTokens;

        // If not all fit, each step begins elsewhere.
        int skip = decodes > limit ? (int)(view.Turn * limit % decodes) : 0;
        for (int pass = 0, taken = 0; pass < 2 && taken < Math.Min(limit, decodes); pass++)
        {
            int at = 0;
            for (int i = 0; i < view.Sequences.Length && taken < limit; i++)
            {
                if (view.Sequences[i].IsDecode && (pass == 0 ? at++ >= skip : at++ < skip))
                {
                    taken++;
                    if (!TryTake(view, i, 1))
                    {
                        return false;
                    }
                }
            }
        }

        return true;
    }

    private void TakePrompts(in PlanView view)
    {
        if (!view.SplitsPrompts)
        {
            KeepFirstDue(view);
        }

        int count = _prompts.Count;
        if (_work.Length < count)
        {
            _work = new PromptWork[count * 2];
            _counts = new int[count * 2];
        }

        for (int i = 0; i < count; i++)
        {
            SequenceView sequence = view.Sequences[_prompts[i]];
            _work[i] = new PromptWork(sequence.Computed, sequence.Pending, sequence.Limit, sequence.Due) { Cut = sequence.Cut };
        }

        int unit = Math.Max(view.BlockTokens, 1);
        int budget = view.MaxTokens - _shares.Count;
        if (view.SplitsPrompts)
        {
            budget = Math.Max(unit, Math.Min(budget, view.PromptTokens) / unit * unit);
        }

        PromptShares.Compute(_work.AsSpan(0, count), budget, unit, _counts.AsSpan(0, count));
        for (int i = 0; i < count; i++)
        {
            if (_counts[i] > 0 && !TryTake(view, _prompts[i], _counts[i]))
            {
                return;
            }
        }
    }

    private void KeepFirstDue(in PlanView view)
    {
        int first = _prompts.Count > 0 ? _prompts[0] : -1;
        foreach (int prompt in _prompts)
        {
            first = view.Sequences[prompt].Due < view.Sequences[first].Due ? prompt : first;
        }

        _prompts.Clear();
        if (first >= 0)
        {
            _prompts.Add(first);
        }
    }

    // False if the plan must be made anew.
    private bool TryTake(in PlanView view, int index, int count)
    {
        SequenceView sequence = view.Sequences[index];
        int needed = view.BlockTokens == 0
            ? 0
            : ((sequence.Computed + count + view.BlockTokens - 1) / view.BlockTokens) - sequence.Blocks;
        if (needed <= _available)
        {
            _available -= Math.Max(0, needed);
            _shares.Add(new StepShare(index, count));
            return true;
        }

        Preempted = YoungestWithBlocks(view.Sequences[(index + 1)..]) is var younger and >= 0 ? index + 1 + younger : -1;
        if (Preempted < 0 && index == 0)
        {
            OutOfMemory = 0;
        }

        IsShort = true;
        return Preempted < 0 && OutOfMemory < 0;
    }

    private static int YoungestWithBlocks(ReadOnlySpan<SequenceView> sequences)
    {
        int found = -1;
        for (int i = sequences.Length - 1; i >= 0; i--)
        {
            if (sequences[i].OwnedAlone > 0)
            {
                return i;
            }

            found = found < 0 && sequences[i].Blocks > 0 ? i : found;
        }

        return found;
    }
}
