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
    private readonly StateRows? _rows;
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
        _slots = new Stack<int>(Enumerable.Range(0, MaxSequences).Reverse());
        if (capacity.BlockTokens > 0)
        {
            // A block whose beginning another sequence computed is of no use without the states at its end.
            bool keeps = settings.KeepsPrefixes && capacity.StateRows == 0;
            Cache = new KvCache(capacity.Blocks, capacity.BlockTokens, keeps, settings.PrefixHash);
            _rows = capacity.StateRows > 0 ? new StateRows(capacity.StateRows) : null;
        }
    }

    /// <summary>The KV cache; null on the stateful lane.</summary>
    public KvCache? Cache { get; }

    /// <summary>Maximum number of sequences that are computed at a time.</summary>
    public int MaxSequences { get; }

    /// <summary>Whether a sequence can begin as a copy of another one of its call.</summary>
    public bool CanFork => Cache is not null && _rows is null;

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
            if (_slots.Count < 1 + head.Owner.Unforked || _rows?.Pairs == 0 || !TryReserve(head))
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

            (head.ReadRow, head.WriteRow) = _rows?.Take() ?? (-1, -1);
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

        sequence.Computed = sequence.Blocks.Adopt(sequence.Ids, sequence.Computed);
        if (sequence.Slot >= 0)
        {
            CountCached(sequence);
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
        sequence.Computed = 0;
        _rows?.Return(sequence.ReadRow, sequence.WriteRow);
        (sequence.ReadRow, sequence.WriteRow) = (-1, -1);
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
        sequence.Owner.Unforked--;
        Running.Add(copy);
        return copy;
    }

    /// <summary>Makes a sequence of a call; <see cref="Add"/> it.</summary>
    public Sequence New(LiveCall owner, int answer)
    {
        Sequence sequence = new(owner, answer, Cache, owner.Request.UsePrefix);
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
