namespace Ovms.Generation.Cache;

/// <summary>
/// The blocks of a model's KV cache: each is free, owned by sequences, or kept without an owner because a later prompt may begin with its
/// tokens. Used by one thread.
/// </summary>
internal sealed class KvCache
{
    private readonly BlockLedger _ledger;

    /// <summary>All blocks are free.</summary>
    /// <param name="blocks">The number of blocks.</param>
    /// <param name="blockTokens">Tokens a block holds; at least 1.</param>
    /// <param name="keepsPrefixes">Whether full blocks are kept for later prompts.</param>
    /// <param name="hash">The hash of <see cref="Prefixes"/>.</param>
    public KvCache(int blocks, int blockTokens, bool keepsPrefixes, PrefixHash? hash = null)
    {
        BlockTokens = blockTokens;
        _ledger = new BlockLedger(blocks);
        Prefixes = keepsPrefixes ? new PrefixTable(blocks, blockTokens, hash) : null;
    }

    /// <summary>Tokens a block holds.</summary>
    public int BlockTokens { get; }

    /// <summary>Number of all blocks.</summary>
    public int Count => _ledger.Count;

    /// <summary>Number of blocks without content.</summary>
    public int Free => _ledger.Free;

    /// <summary>Number of blocks without an owner that are kept for later prompts.</summary>
    public int Kept => Prefixes?.Unowned ?? 0;

    /// <summary>Number of blocks that <see cref="TryTake"/> can give.</summary>
    public int Available => Free + Kept;

    /// <summary>Full blocks by their content; null if they are not kept.</summary>
    public PrefixTable? Prefixes { get; }

    /// <summary>How many blocks a number of tokens needs.</summary>
    public int BlocksFor(int tokens) => (tokens + BlockTokens - 1) / BlockTokens;

    /// <summary>The number of owners of a block.</summary>
    public int OwnersOf(int block) => _ledger.OwnersOf(block);

    /// <summary>Takes a block of which the caller is the only owner: a free one, else the one kept without use for longest.</summary>
    public bool TryTake(out int block)
    {
        if (_ledger.TryTake(out block))
        {
            return true;
        }

        if (Prefixes is null || !Prefixes.TryEvict(out block))
        {
            return false;
        }

        _ledger.AddOwner(block);
        return true;
    }

    /// <summary>Makes a block with an entry in <see cref="Prefixes"/> the newest of those without an owner, if it is one of them.</summary>
    public void Use(int block)
    {
        if (_ledger.OwnersOf(block) == 0)
        {
            Prefixes!.RemoveUnowned(block);
            Prefixes.AddUnowned(block);
        }
    }

    /// <summary>Adds an owner to a full block. From then on nothing may write into it.</summary>
    public void Share(int block)
    {
        if (_ledger.OwnersOf(block) == 0)
        {
            Prefixes!.RemoveUnowned(block);
        }

        _ledger.AddOwner(block);
    }

    /// <summary>Removes an owner. After the last one the block is kept if it has an entry in <see cref="Prefixes"/>, else free.</summary>
    public void Release(int block)
    {
        if (_ledger.RemoveOwner(block) > 0)
        {
            return;
        }

        if (Prefixes?.Contains(block) == true)
        {
            Prefixes.AddUnowned(block);
        }
        else
        {
            _ledger.PutBack(block);
        }
    }

    /// <summary>Forgets the content of all blocks, which the engine lost. No block has an owner.</summary>
    public void Clear()
    {
        while (Prefixes?.TryEvict(out int block) == true)
        {
            _ledger.PutBack(block);
        }

        System.Diagnostics.Debug.Assert(Free == Count, "The sequences released their blocks before.");
    }
}
