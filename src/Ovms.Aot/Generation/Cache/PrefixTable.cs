using System.Diagnostics;
using System.Numerics;

namespace Ovms.Generation.Cache;

/// <summary>
/// Finds full blocks by the tokens that they hold and the tokens before them, so that sequences with the same beginning compute it once.
/// <para>Each entry has a key that is never used again. An entry is found by its parent's key and its own token ids, and both are
/// compared, so equal hashes of different texts do no harm. If a parent is evicted, its children cannot be found any more.</para>
/// <para>Blocks without owners form a list ordered by last use. All operations take constant time. Used by one thread.</para>
/// </summary>
internal sealed class PrefixTable
{
    /// <summary>The parent of the first block of a sequence.</summary>
    public const long Root = 0;

    private const int None = -1;

    private readonly int _blockTokens;
    private readonly PrefixHash _hash;
    private readonly int[] _buckets;

    // By block. A key of 0 means that the block has no entry.
    private readonly long[] _keys;
    private readonly long[] _parents;
    private readonly int[] _ids;
    private readonly int[] _bucketOf;
    private readonly int[] _nextInBucket;

    private readonly UseOrder _unowned;
    private long _lastKey;

    /// <summary>An empty table.</summary>
    /// <param name="blocks">The number of blocks of the cache.</param>
    /// <param name="blockTokens">Tokens a block holds.</param>
    /// <param name="hash">The hash; a test may force collisions.</param>
    public PrefixTable(int blocks, int blockTokens, PrefixHash? hash = null)
    {
        _blockTokens = blockTokens;
        _hash = hash ?? Hash;
        _buckets = new int[(int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(blocks, 1))];
        _keys = new long[blocks];
        _parents = new long[blocks];
        _ids = new int[blocks * (long)blockTokens];
        _bucketOf = new int[blocks];
        _nextInBucket = new int[blocks];
        _unowned = new UseOrder(blocks);
        Clear();
    }

    /// <summary>Number of blocks with an entry and without owners.</summary>
    public int Unowned => _unowned.Count;

    /// <summary>Whether a block has an entry.</summary>
    public bool Contains(int block) => _keys[block] != 0;

    /// <summary>Finds a block.</summary>
    /// <param name="parent">The key of the block before it, or <see cref="Root"/>.</param>
    /// <param name="ids">The block's token ids.</param>
    /// <param name="block">The block.</param>
    /// <param name="key">Its key.</param>
    public bool TryFind(long parent, ReadOnlySpan<int> ids, out int block, out long key)
    {
        for (block = _buckets[BucketOf(parent, ids)]; block != None; block = _nextInBucket[block])
        {
            if (_parents[block] == parent && IdsOf(block).SequenceEqual(ids))
            {
                key = _keys[block];
                return true;
            }
        }

        key = Root;
        return false;
    }

    /// <summary>Adds a full block that has an owner, unless another block has the same content.</summary>
    /// <inheritdoc cref="TryFind"/>
    /// <returns>The block with this content, and its key.</returns>
    public (int Block, long Key) Add(long parent, ReadOnlySpan<int> ids, int block)
    {
        Debug.Assert(ids.Length == _blockTokens && !Contains(block), "Only full blocks are shared, each under one key.");
        if (TryFind(parent, ids, out int known, out long key))
        {
            return (known, key);
        }

        int bucket = BucketOf(parent, ids);
        _parents[block] = parent;
        _bucketOf[block] = bucket;
        ids.CopyTo(IdsOf(block));
        _nextInBucket[block] = _buckets[bucket];
        _buckets[bucket] = block;
        return (block, _keys[block] = ++_lastKey);
    }

    /// <summary>An entry's last owner left: it is now the newest of those that may be evicted.</summary>
    public void AddUnowned(int block) => _unowned.Add(block);

    /// <summary>An entry gets an owner again.</summary>
    public void RemoveUnowned(int block) => _unowned.Remove(block);

    /// <summary>Removes the entry that was without an owner for longest.</summary>
    /// <returns>False if all have owners.</returns>
    public bool TryEvict(out int block)
    {
        if (!_unowned.TryTakeOldest(out block))
        {
            return false;
        }

        Remove(block);
        return true;
    }

    /// <summary>Removes all entries. Blocks without owners are not listed any more.</summary>
    public void Clear()
    {
        _buckets.AsSpan().Fill(None);
        Array.Clear(_keys);
        _unowned.Clear();
    }

    /// <summary>Removes the entry of a block that has an owner, if it has an entry.</summary>
    public void Forget(int block)
    {
        if (Contains(block))
        {
            Remove(block);
        }
    }

    private void Remove(int block)
    {
        ref int at = ref _buckets[_bucketOf[block]];
        while (at != block)
        {
            at = ref _nextInBucket[at];
        }

        at = _nextInBucket[block];
        _keys[block] = 0;
    }

    private int BucketOf(long parent, ReadOnlySpan<int> ids) => _hash(parent, ids) & (_buckets.Length - 1);

    private Span<int> IdsOf(int block) => _ids.AsSpan(block * _blockTokens, _blockTokens);

    // Seeded anew in each process, so that a caller cannot choose prompts that fill one bucket.
    private static int Hash(long parent, ReadOnlySpan<int> ids)
    {
        HashCode code = default;
        code.Add(parent);
        code.AddBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(ids));
        return code.ToHashCode();
    }
}
