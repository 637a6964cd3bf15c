using System.Diagnostics;

namespace Ovms.Generation.Cache;

/// <summary>
/// The blocks of one sequence, in order. It shares full blocks only, and never writes into a block that has another owner or an entry in
/// the prefix table: writing one token may rewrite the whole block.
/// </summary>
/// <param name="cache">The cache.</param>
/// <param name="usesPrefixes">Whether the sequence takes blocks of others and leaves its own to them.</param>
internal sealed class BlockTable(KvCache cache, bool usesPrefixes)
{
    private readonly PrefixTable? _prefixes = usesPrefixes ? cache.Prefixes : null;
    private int[] _blocks = [];
    private long[] _keys = [];

    // The first blocks whose content is known to the prefix table, under these keys.
    private int _known;

    private long Key => _known == 0 ? PrefixTable.Root : _keys[_known - 1];

    /// <summary>Number of blocks.</summary>
    public int Count { get; private set; }

    /// <summary>Whether the sequence takes blocks of others and leaves its own to them.</summary>
    public bool IsShared => _prefixes is not null;

    /// <summary>Number of blocks that nobody else owns: they become available when the sequence releases them.</summary>
    public int OwnedAlone
    {
        get
        {
            int alone = 0;
            foreach (int block in _blocks.AsSpan(0, Count))
            {
                alone += cache.OwnersOf(block) == 1 ? 1 : 0;
            }

            return alone;
        }
    }

    /// <summary>The blocks that hold a number of tokens; valid until the table changes.</summary>
    public ReadOnlyMemory<int> For(int tokens) => _blocks.AsMemory(0, cache.BlocksFor(tokens));

    /// <summary>Takes blocks until they can hold a number of tokens.</summary>
    /// <returns>False if no block is available; those taken so far stay in the table.</returns>
    public bool TryReach(int tokens)
    {
        int needed = cache.BlocksFor(tokens);
        Reserve(needed);
        while (Count < needed)
        {
            if (!cache.TryTake(out int block))
            {
                return false;
            }

            _blocks[Count++] = block;
        }

        return true;
    }

    /// <summary>
    /// Takes over blocks that others computed, as far as they hold the same tokens. At least one token remains to be computed, because its
    /// logits are needed.
    /// </summary>
    /// <param name="ids">All token ids of the sequence.</param>
    /// <param name="computed">How many tokens the table's blocks hold.</param>
    /// <param name="states">The model's other states: only blocks are taken over at whose end they are kept. Null if it has none.</param>
    /// <returns>How many tokens they hold now.</returns>
    public int Adopt(ReadOnlySpan<int> ids, int computed, StateRows? states = null)
    {
        int size = cache.BlockTokens;
        int at = computed / size;
        if (_prefixes is null || computed % size != 0 || _known != at)
        {
            return computed;
        }

        int to = Known(ids, at, states);
        for (; at < to; at++)
        {
            bool found = _prefixes.TryFind(Key, ids.Slice(at * size, size), out int block, out long key);
            Debug.Assert(found, "It was found before, and sharing a block evicts no other.");
            cache.Share(block);
            if (at < Count)
            {
                // A block taken for these tokens, into which nothing was written.
                cache.Release(_blocks[at]);
            }
            else
            {
                Reserve(++Count);
            }

            (_blocks[at], _keys[at], _known) = (block, key, at + 1);
        }

        return at * size;
    }

    /// <summary>
    /// Whether the next block of another sequence will hold the same tokens as the next one of this: then it can be taken over once the
    /// other one has computed it.
    /// </summary>
    /// <param name="ids">All token ids of this sequence.</param>
    /// <param name="other">The blocks of the other sequence.</param>
    /// <param name="otherIds">All token ids of the other sequence.</param>
    /// <param name="interval">Blocks can be taken over at every multiple of as many, and at the last border of the other prompt.</param>
    public bool Follows(ReadOnlySpan<int> ids, BlockTable other, ReadOnlySpan<int> otherIds, int interval = 1)
    {
        int size = cache.BlockTokens;
        int from = _known * size;
        int to = (int)Math.Min((_known / interval + 1L) * interval, otherIds.Length / size) * size;
        return _prefixes is not null && other._prefixes is not null && _known == other._known && Key == other.Key
            && to > from && ids.Length > to && ids[from..to].SequenceEqual(otherIds[from..to]);
    }

    /// <summary>
    /// The key of the block that ends after a number of tokens; <see cref="PrefixTable.Root"/> if its content is not known to others.
    /// </summary>
    /// <param name="tokens">Ends a block.</param>
    public long KeyAt(int tokens) =>
        tokens / cache.BlockTokens is var blocks && blocks > 0 && blocks <= _known ? _keys[blocks - 1] : PrefixTable.Root;

    /// <summary>Tells the prefix table of blocks that have become full.</summary>
    /// <inheritdoc cref="Adopt"/>
    public void Publish(ReadOnlySpan<int> ids, int computed)
    {
        int size = cache.BlockTokens;
        for (; _prefixes is not null && (_known + 1) * size <= computed; _known++)
        {
            (int block, _keys[_known]) = _prefixes.Add(Key, ids.Slice(_known * size, size), _blocks[_known]);
            cache.Use(block);
        }
    }

    /// <summary>Makes nobody else use the content of the blocks any more, because it is wrong.</summary>
    public void Withdraw()
    {
        foreach (int block in _blocks.AsSpan(0, Count))
        {
            cache.Prefixes?.Forget(block);
        }
    }

    /// <summary>Lets another, empty table own the first blocks too. They must be full.</summary>
    /// <param name="other">The table of a sequence that begins with the same tokens.</param>
    /// <param name="blocks">How many.</param>
    public void ShareWith(BlockTable other, int blocks)
    {
        Debug.Assert(other.Count == 0 && (_prefixes is null || _known == blocks), "All full blocks are shared with a new sequence.");
        other.Reserve(blocks);
        for (int i = 0; i < blocks; i++)
        {
            cache.Share(_blocks[i]);
            other._blocks[i] = _blocks[i];
        }

        _keys.AsSpan(0, _known).CopyTo(other._keys);
        (other.Count, other._known) = (blocks, _known);
    }

    /// <summary>Whether the tokens may be written: nobody else owns or knows their blocks.</summary>
    public bool MayWrite(int from, int to)
    {
        for (int i = from / cache.BlockTokens; i < cache.BlocksFor(to); i++)
        {
            if (cache.OwnersOf(_blocks[i]) != 1 || cache.Prefixes?.Contains(_blocks[i]) == true)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Releases all blocks.</summary>
    public void Release()
    {
        // The last first: they are then evicted before those that they depend on.
        while (Count > 0)
        {
            cache.Release(_blocks[--Count]);
        }

        _known = 0;
    }

    // How many blocks of these tokens are known, up to the last one at whose end the other states are kept too.
    private int Known(ReadOnlySpan<int> ids, int at, StateRows? states)
    {
        int size = cache.BlockTokens;
        int known = at;
        long key = Key;
        while ((at + 1) * size < ids.Length && _prefixes!.TryFind(key, ids.Slice(at * size, size), out _, out key))
        {
            at++;
            known = states is null || states.IsKept(key) ? at : known;
        }

        return known;
    }

    private void Reserve(int count)
    {
        if (_blocks.Length < count)
        {
            Array.Resize(ref _blocks, Math.Max(count, _blocks.Length * 2));
            Array.Resize(ref _keys, _blocks.Length);
        }
    }
}
