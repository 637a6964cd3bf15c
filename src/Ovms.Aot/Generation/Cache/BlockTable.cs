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

    // The first blocks whose content is known to the prefix table, and the key of the last of them.
    private int _known;
    private long _key = PrefixTable.Root;

    /// <summary>Number of blocks.</summary>
    public int Count { get; private set; }

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
    /// <returns>How many tokens they hold now.</returns>
    public int Adopt(ReadOnlySpan<int> ids, int computed)
    {
        int size = cache.BlockTokens;
        int at = computed / size;
        if (_prefixes is null || computed % size != 0 || _known != at)
        {
            return computed;
        }

        for (; (at + 1) * size < ids.Length; at++)
        {
            if (!_prefixes.TryFind(_key, ids.Slice(at * size, size), out int block, out long key))
            {
                break;
            }

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

            (_blocks[at], _key, _known) = (block, key, at + 1);
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
    public bool Follows(ReadOnlySpan<int> ids, BlockTable other, ReadOnlySpan<int> otherIds)
    {
        int size = cache.BlockTokens;
        int from = _known * size;
        return _prefixes is not null && other._prefixes is not null && _known == other._known && _key == other._key
            && ids.Length > from + size && otherIds.Length >= from + size
            && ids.Slice(from, size).SequenceEqual(otherIds.Slice(from, size));
    }

    /// <summary>Tells the prefix table of blocks that have become full.</summary>
    /// <inheritdoc cref="Adopt"/>
    public void Publish(ReadOnlySpan<int> ids, int computed)
    {
        int size = cache.BlockTokens;
        for (; _prefixes is not null && (_known + 1) * size <= computed; _known++)
        {
            _key = _prefixes.Add(_key, ids.Slice(_known * size, size), _blocks[_known]);
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

        (other.Count, other._known, other._key) = (blocks, _known, _key);
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

        (_known, _key) = (0, PrefixTable.Root);
    }

    private void Reserve(int count)
    {
        if (_blocks.Length < count)
        {
            Array.Resize(ref _blocks, Math.Max(count, _blocks.Length * 2));
        }
    }
}
