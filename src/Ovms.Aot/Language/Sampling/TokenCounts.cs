using System.Numerics;

namespace Ovms.Language.Sampling;

/// <summary>
/// The distinct tokens of a prompt and its answer, with how often each occurs in the answer. Its memory depends on the number of
/// distinct tokens, not on the vocabulary, and grows by doubling.
/// </summary>
internal sealed class TokenCounts
{
    private const int LeastSlots = 64;

    // The tokens in order of arrival; penalties walk over these.
    private int[] _ids = new int[LeastSlots / 2];
    private int[] _generated = new int[LeastSlots / 2];

    // Open addressing: index into the arrays plus one, 0 where free. At most half of the slots are used.
    private int[] _slots = new int[LeastSlots];

    /// <summary>How many distinct tokens there are.</summary>
    public int Count { get; private set; }

    /// <summary>The distinct tokens.</summary>
    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, Count);

    /// <summary>How often each of <see cref="Ids"/> occurs in the answer; 0 if it is only in the prompt.</summary>
    public ReadOnlySpan<int> Generated => _generated.AsSpan(0, Count);

    /// <summary>Adds a token of the prompt.</summary>
    public void AddPrompt(int id) => IndexOf(id);

    /// <summary>Adds a token of the answer.</summary>
    public void AddGenerated(int id)
    {
        int index = IndexOf(id);
        _generated[index]++;
    }

    private int IndexOf(int id)
    {
        int slot = SlotOf(id);
        if (_slots[slot] != 0)
            return _slots[slot] - 1;
        if (Count == _ids.Length)
        {
            Grow();
            slot = SlotOf(id);
        }

        _ids[Count] = id;
        _slots[slot] = ++Count;
        return Count - 1;
    }

    // The token's slot, or the free one where it belongs.
    private int SlotOf(int id)
    {
        int mask = _slots.Length - 1;
        int slot = (int)(((uint)id * 0x9E3779B9u) >> (32 - BitOperations.Log2((uint)_slots.Length)));
        while (_slots[slot] != 0 && _ids[_slots[slot] - 1] != id)
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    private void Grow()
    {
        Array.Resize(ref _ids, _ids.Length * 2);
        Array.Resize(ref _generated, _generated.Length * 2);
        _slots = new int[_slots.Length * 2];
        for (int i = 0; i < Count; i++)
        {
            _slots[SlotOf(_ids[i])] = i + 1;
        }
    }
}
