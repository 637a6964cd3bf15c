using System.Collections.Concurrent;
using Ovms.Generation.Steps;
using Ovms.Status;

namespace Ovms.Tests.Generation.Scheduling;

/// <summary>
/// A model without arithmetic. What it keeps of a token depends on all tokens before it, and a row of logits on all that is kept of the
/// sequence, read through its block table. So a wrong table, a block that two sequences write or a piece left out shows as a wrong token.
/// It also checks what the contract demands of every step.
/// </summary>
internal sealed class FakeModel(StepCapacity capacity) : IStepRunner
{
    private const ulong Seed = 0x9E37_79B9_7F4A_7C15;

    private readonly ulong[] _cache = new ulong[capacity.Blocks * Math.Max(1, capacity.BlockTokens)];
    private readonly ulong[] _states = new ulong[capacity.StateRows];
    private readonly Dictionary<int, int[]> _tables = [];
    private readonly Dictionary<int, List<ulong>> _kept = [];
    private readonly List<ulong> _rows = [];
    private bool _finite = true;

    public StepCapacity Capacity => capacity;

    /// <summary>What was done against the contract.</summary>
    public ConcurrentQueue<string> Faults { get; } = new();

    /// <summary>The steps, as (slot, from, count, sampled rows) of each entry.</summary>
    public ConcurrentQueue<(int Slot, int From, int Count, int Rows)[]> Steps { get; } = new();

    /// <summary>The first tokens of each sequence that was computed from its beginning.</summary>
    public ConcurrentQueue<int[]> Starts { get; } = new();

    /// <summary>Called before each step; false makes it fail.</summary>
    public Func<StepEntry[], bool> Computes { get; set; } = static _ => true;

    /// <summary>Whether rows are numbers.</summary>
    public Func<StepEntry[], bool> IsFinite { get; set; } = static _ => true;

    public int Restarts { get; private set; }

    public bool IsDisposed { get; private set; }

    /// <summary>The most probable answer to a prompt.</summary>
    public static int[] Greedy(int[] prompt, int tokens, int vocabulary, params int[] ends)
    {
        List<int> ids = [.. prompt];
        while (ids.Count < prompt.Length + tokens && (ids.Count == prompt.Length || !ends.Contains(ids[^1])))
        {
            float[] row = RowAfter(ids.ToArray(), vocabulary);
            ids.Add(row.IndexOf(row.Max()));
        }

        return [.. ids.Skip(prompt.Length)];
    }

    /// <summary>The logits after some tokens.</summary>
    public static float[] RowAfter(ReadOnlySpan<int> ids, int vocabulary)
    {
        ulong kept = Seed;
        ulong all = 0;
        for (int i = 0; i < ids.Length; i++)
        {
            kept = Mix(kept, ids[i]);
            all += kept * (ulong)((2 * i) + 1);
        }

        return [.. Enumerable.Range(0, vocabulary).Select(id => Logit(all, id))];
    }

    public Outcome Run(ReadOnlySpan<StepEntry> entries)
    {
        StepEntry[] all = entries.ToArray();
        Steps.Enqueue([.. all.Select(static entry => (entry.Slot, entry.From, entry.Count, entry.SampledRows))]);
        if (!Computes(all))
        {
            return Outcome.Fail(StatusCode.InternalInferenceError, "made to fail");
        }

        _finite = IsFinite(all);
        _rows.Clear();
        Expect(all.Select(static entry => entry.Slot).Distinct().Count() == all.Length, "a slot twice in a step");
        if (capacity.StateRows > 0)
        {
            ExpectRows(all);
        }

        foreach (StepEntry entry in all)
        {
            if (entry.From == 0)
            {
                Starts.Enqueue(entry.Ids[..Math.Min(8, entry.Ids.Length)].ToArray());
            }

            Expect(entry.Slot >= 0 && entry.Slot < capacity.Sequences && entry.Count > 0 && entry.From >= 0, $"bad entry {entry}");
            if (capacity.BlockTokens == 0)
            {
                RunStateful(entry);
            }
            else
            {
                RunPaged(entry);
            }
        }

        return Outcome.Ok;
    }

    public Span<float> Logits(int row)
    {
        float[] logits = new float[capacity.Vocabulary];
        for (int id = 0; id < logits.Length; id++)
        {
            logits[id] = _finite ? Logit(_rows[row], id) : float.NaN;
        }

        return logits;
    }

    public void Forget(int slot)
    {
        _tables.Remove(slot);
        _kept.Remove(slot);
    }

    public Outcome Restart()
    {
        Restarts++;
        Array.Clear(_cache);
        Array.Clear(_states);
        Expect(_tables.Count == 0 && _kept.Count == 0, "sequences lived through a restart");
        return Outcome.Ok;
    }

    public void Dispose() => IsDisposed = true;

    private void RunPaged(StepEntry entry)
    {
        int size = capacity.BlockTokens;
        ReadOnlySpan<int> ids = entry.Ids.Span;
        int[] blocks = entry.Blocks.ToArray();
        Expect(blocks.Length == (ids.Length + size - 1) / size, "a block table that does not fit its tokens");
        Expect(entry.From % size == 0 || entry.Count == 1 || _states.Length > 0, $"a piece that begins at {entry.From}");
        Expect(ids.Length % size == 0 || entry.SampledRows > 0, "a piece that ends inside a block");
        for (int i = entry.From / size; i < blocks.Length; i++)
        {
            Expect(
                !_tables.Any(other => other.Key != entry.Slot && other.Value.Contains(blocks[i])), $"block {blocks[i]} written by one of two owners");
        }

        _tables[entry.Slot] = blocks;
        ref ulong At(int index) => ref _cache[(blocks[index / size] * size) + (index % size)];
        ulong kept = entry.From > 0 ? At(entry.From - 1) : Seed;
        if (capacity.StateRows > 0)
        {
            // As a real model does: the state before the first token is made, not kept.
            _states[entry.StateRow] = entry.From == 0 ? kept : _states[entry.StateRow];
            Expect(_states[entry.StateRow] == kept, "the state of another place");
        }

        ulong all = 0;
        for (int i = 0; i < ids.Length; i++)
        {
            if (i >= entry.From)
            {
                At(i) = kept = Mix(kept, ids[i]);
                if (entry.KeptEvery > 0 && (i + 1) % entry.KeptEvery == 0 && i + 1 < ids.Length)
                {
                    _states[entry.KeptRows.Span[((i + 1) / entry.KeptEvery) - (entry.From / entry.KeptEvery) - 1]] = kept;
                }
            }

            all += At(i) * (ulong)((2 * i) + 1);
            AddRow(entry, i, all);
        }

        if (capacity.StateRows > 0)
        {
            _states[entry.NextStateRow] = kept;
        }
    }

    private void ExpectRows(StepEntry[] entries)
    {
        // Rows that are cleared count as written.
        int[] written =
        [
            .. entries.Select(static entry => entry.NextStateRow),
            .. entries.Where(static entry => entry.From == 0).Select(static entry => entry.StateRow),
            .. entries.SelectMany(static entry => entry.KeptRows.ToArray()),
        ];
        int[] read = [.. entries.Where(static entry => entry.From > 0).Select(static entry => entry.StateRow)];
        Expect(written.Distinct().Count() == written.Length && !written.Intersect(read).Any(), "a row of two purposes");
        Expect(written.Concat(read).All(row => row >= 0 && row < capacity.StateRows), "a row that is none");
        foreach (StepEntry entry in entries)
        {
            int inside = entry.KeptEvery == 0 ? 0 : ((entry.Ids.Length - 1) / entry.KeptEvery) - (entry.From / entry.KeptEvery);
            Expect(entry.KeptRows.Length == inside, $"{entry.KeptRows.Length} rows for {inside} states");
        }
    }

    private void RunStateful(StepEntry entry)
    {
        if (!_kept.TryGetValue(entry.Slot, out List<ulong>? kept))
        {
            _kept.Add(entry.Slot, kept = []);
        }

        Expect(kept.Count == entry.From || kept.Count == entry.Ids.Length, $"{entry.From} tokens expected, {kept.Count} known");
        kept.RemoveRange(Math.Min(entry.From, kept.Count), Math.Max(0, kept.Count - entry.From));
        ulong all = 0;
        for (int i = 0; i < entry.Ids.Length; i++)
        {
            if (i >= entry.From)
            {
                kept.Add(Mix(i == 0 ? Seed : kept[i - 1], entry.Ids.Span[i]));
            }

            all += kept[i] * (ulong)((2 * i) + 1);
            AddRow(entry, i, all);
        }
    }

    private void AddRow(StepEntry entry, int index, ulong all)
    {
        if (index >= entry.SampleFrom)
        {
            _rows.Add(all);
        }
    }

    private void Expect(bool holds, string fault)
    {
        if (!holds)
        {
            Faults.Enqueue(fault);
        }
    }

    private static ulong Mix(ulong before, int id)
    {
        ulong mixed = (before ^ (ulong)(id + 1)) * 0xBF58_476D_1CE4_E5B9;
        return (mixed ^ (mixed >> 29)) * 0x94D0_49BB_1331_11EB;
    }

    private static float Logit(ulong all, int id) => (Mix(all, id) >> 40) / (float)(1 << 24);
}
