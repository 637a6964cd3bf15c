using System.Diagnostics;
using Ovms.Generation.Cache;
using Ovms.Generation.Steps;

namespace Ovms.Generation.Scheduling;

/// <summary>
/// The sequences of an engine, those that wait and those that are computed, and who owns the model's slots, blocks and rows. A waiting
/// sequence owns nothing. Used by the engine's thread.
/// </summary>
internal sealed class Schedule
{
    private readonly StepCapacity _capacity;
    private readonly EngineCounts _counts;
    private readonly Action<int> _forget;
    private readonly Stack<int> _slots;
    private readonly int _stateInterval;
    private (Sequence? Head, int Blocks) _refused;

    /// <summary>An engine without sequences.</summary>
    /// <param name="capacity">What the model can hold.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="counts">Receives counts of what is preempted and found in the cache.</param>
    /// <param name="forget">Frees what the model holds for a slot.</param>
    public Schedule(StepCapacity capacity, EngineSettings settings, EngineCounts counts, Action<int> forget)
    {
        (_capacity, _counts, _forget) = (capacity, counts, forget);
        MaxSequences = Math.Max(1, Math.Min(settings.MaxSequences, capacity.Sequences));
        if (capacity.BlockTokens > 0)
        {
            Cache = new KvCache(capacity.Blocks, capacity.BlockTokens, settings.KeepsPrefixes, settings.PrefixHash);
            if (capacity.StateRows > 0)
            {
                // With two rows for each slot, no sequence ever lacks one.
                MaxSequences = Math.Min(MaxSequences, capacity.StateRows / 2);
                Rows = new StateRows(capacity.StateRows);
            }
        }

        _stateInterval = settings.StateInterval;
        _slots = new Stack<int>(Enumerable.Range(0, MaxSequences).Reverse());
    }

    /// <summary>The KV cache; null on the stateful lane.</summary>
    public KvCache? Cache { get; }

    /// <summary>The rows of the state tables; null if the model has none.</summary>
    public StateRows? Rows { get; }

    /// <summary>At how many blocks from each other prompts can be taken over.</summary>
    public int PrefixInterval => Rows is null ? 1 : _stateInterval;

    /// <summary>Maximum number of sequences that are computed at a time.</summary>
    public int MaxSequences { get; }

    /// <summary>Whether a sequence can begin as a copy of another one of its call.</summary>
    public bool CanFork => Cache is not null;

    /// <summary>The sequences that wait.</summary>
    public SequenceLine Waiting { get; } = new();

    /// <summary>The sequences that are computed.</summary>
    public SequenceLine Running { get; } = new();

    /// <summary>Whether the first sequence that waits has more tokens than the cache can hold.</summary>
    public bool CanNeverAdmitFirst => Cache is not null && Waiting.Count > 0 && Cache.BlocksFor(Waiting[0].Length) > Cache.Count;

    /// <summary>Adds a new sequence, or one that is computed again.</summary>
    public void Add(Sequence sequence) => Waiting.Add(sequence);

    /// <summary>Admits waiting sequences, first come, first served: nobody passes the first one that cannot be admitted.</summary>
    /// <param name="now">The time, as a timestamp.</param>
    public void Admit(long now)
    {
        while (Waiting.Count > 0)
        {
            Sequence head = Waiting[0];
            if (_slots.Count < 1 + head.Owner.Unforked || !TryReserve(head))
            {
                return;
            }

            Waiting.Remove(head);
            Running.Add(head);
            head.Slot = _slots.Pop();
            for (int i = 0; i < head.Owner.Unforked; i++)
            {
                head.Owner.ForkSlots.Push(_slots.Pop());
            }

            head.States?.Begin();
            if (!head.Owner.HasStarted)
            {
                head.Owner.HasStarted = true;
                head.Owner.PromptWork = head.PromptLength - head.Computed;
                head.Owner.Call.QueueTicks = _counts.Started(head.PromptLength, now - head.Owner.Submitted);
            }
        }
    }

    /// <summary>Lets a sequence take over blocks that others computed.</summary>
    public void Adopt(Sequence sequence)
    {
        // The logits of tokens that are taken over are never computed.
        if (sequence.Blocks is null || sequence.WantsAllRows)
        {
            return;
        }

        int computed = sequence.Blocks.Adopt(sequence.Ids, sequence.Computed, Rows);
        if (computed > sequence.Computed)
        {
            sequence.Computed = computed;
            sequence.States?.Adopt(sequence.Blocks.KeyAt(computed));
        }

        if (sequence.Slot >= 0)
        {
            CountCached(sequence);
        }
    }

    /// <summary>Takes rows for the states inside a sequence's part of a step that are kept.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="to">Where its part ends.</param>
    public void PlanStates(Sequence sequence, int to)
    {
        if (Rows is not null)
        {
            // After the step each sequence may need another row, and each answer that has no sequence yet two.
            int needed = (2 * (MaxSequences - _slots.Count)) - Running.Count;
            sequence.States!.Plan(sequence, to, Math.Max(0, Rows.Available - needed));
        }
    }

    /// <summary>Makes a sequence wait, and frees what the model holds of it.</summary>
    public void Preempt(Sequence sequence)
    {
        _counts.Preempted();
        Remove(sequence);
        Waiting.Add(sequence);
    }

    /// <summary>Removes a sequence and frees what the model holds of it.</summary>
    public void Remove(Sequence sequence)
    {
        if (!Running.Remove(sequence))
        {
            bool waited = Waiting.Remove(sequence);
            Debug.Assert(waited, "A sequence either runs or waits until it ends.");
            return;
        }

        sequence.Blocks?.Release();
        sequence.States?.Release();
        sequence.Computed = 0;
        while (sequence.Owner.ForkSlots.TryPop(out int slot))
        {
            _slots.Push(slot);
        }

        _forget(sequence.Slot);
        _slots.Push(sequence.Slot);
        sequence.Slot = -1;
    }

    /// <summary>Makes a copy of a sequence whose prompt is computed. It shares the full blocks, and computes the rest itself.</summary>
    public Sequence Fork(Sequence sequence, int answer)
    {
        Debug.Assert(CanFork && sequence.Computed == sequence.PromptLength, "The copy begins where the prompt ends.");
        int blocks = sequence.Computed / _capacity.BlockTokens;
        Sequence copy = New(sequence.Owner, answer);
        copy.Slot = sequence.Owner.ForkSlots.Pop();
        copy.Computed = blocks * _capacity.BlockTokens;
        sequence.Blocks!.ShareWith(copy.Blocks!, blocks);
        sequence.States?.ShareWith(copy.States!, sequence);
        if (--sequence.Owner.Unforked == 0)
        {
            sequence.States?.EndForks();
        }

        Running.Add(copy);
        return copy;
    }

    /// <summary>Makes a sequence of a call; <see cref="Add"/> it.</summary>
    public Sequence New(LiveCall owner, int answer)
    {
        BlockTable? blocks = Cache is null ? null : new BlockTable(Cache, owner.Request.UsePrefix);
        SequenceStates? states = Rows is null ? null : new SequenceStates(Rows, blocks!, _capacity.BlockTokens, _stateInterval);
        Sequence sequence = new(owner, answer, blocks, states);
        owner.Sequences.Add(sequence);
        return sequence;
    }

    /// <summary>Makes all sequences wait, and forgets all that is cached.</summary>
    public void Restart()
    {
        while (Running.Count > 0)
        {
            Sequence sequence = Running[^1];
            Remove(sequence);
            Waiting.Add(sequence);
        }

        Cache?.Clear();
        Rows?.Clear();
    }

    // Takes the blocks for all tokens that are known. Those running keep one block each to go on with, and one more stays for this one.
    private bool TryReserve(Sequence sequence)
    {
        if (Cache is null)
        {
            return true;
        }

        int reserve = Running.Count == 0 ? 0 : Running.Count + 1;
        if (_refused.Head == sequence && Cache.Available - reserve <= _refused.Blocks)
        {
            return false;
        }

        Adopt(sequence);
        if (Cache.BlocksFor(sequence.Length) - sequence.Blocks!.Count + reserve > Cache.Available)
        {
            sequence.Blocks.Release();
            sequence.States?.Release();
            sequence.Computed = 0;
            _refused = (sequence, Cache.Available - reserve);
            return false;
        }

        bool reached = sequence.Blocks.TryReach(sequence.Length);
        Debug.Assert(reached, "The blocks were counted.");
        _refused = default;
        CountCached(sequence);
        return true;
    }

    // Its own tokens that a sequence finds again after a preemption do not count.
    private void CountCached(Sequence sequence)
    {
        int gained = sequence.Computed - sequence.Furthest;
        if (gained > 0 && sequence.Generated == 0 && sequence.Answer == 0)
        {
            _counts.Cached(gained);
            sequence.Owner.Call.CachedTokens += gained;
        }

        sequence.Furthest = Math.Max(sequence.Furthest, sequence.Computed);
    }
}
