using System.Diagnostics;

namespace Ovms.Generation.Cache;

/// <summary>
/// Counts the owners of each block of the KV cache, and holds the blocks that contain nothing. A block is an index into the cache's
/// tensors. All operations take constant time. Used by one thread.
/// </summary>
internal sealed class BlockLedger
{
    private readonly int[] _owners;
    private readonly int[] _free;

    /// <summary>All blocks are free.</summary>
    /// <param name="blocks">The number of blocks.</param>
    public BlockLedger(int blocks)
    {
        _owners = new int[blocks];
        _free = new int[blocks];
        for (int i = 0; i < blocks; i++)
        {
            // Low numbers are taken first: the system commits the pool's memory when it is first touched.
            _free[i] = blocks - 1 - i;
        }

        Free = blocks;
    }

    /// <summary>Number of all blocks.</summary>
    public int Count => _owners.Length;

    /// <summary>Number of free blocks.</summary>
    public int Free { get; private set; }

    /// <summary>Takes a free block; the caller is its only owner.</summary>
    /// <returns>False if no block is free.</returns>
    public bool TryTake(out int block)
    {
        if (Free == 0)
        {
            block = -1;
            return false;
        }

        block = _free[--Free];
        Debug.Assert(_owners[block] == 0, "A free block has no owner.");
        _owners[block] = 1;
        return true;
    }

    /// <summary>The number of owners.</summary>
    public int OwnersOf(int block) => _owners[block];

    /// <summary>Adds an owner.</summary>
    public void AddOwner(int block) => _owners[block]++;

    /// <summary>Removes an owner.</summary>
    /// <returns>The number of owners left. If it is 0, the caller keeps the content or calls <see cref="PutBack"/>.</returns>
    public int RemoveOwner(int block)
    {
        Debug.Assert(_owners[block] > 0, "Only an owner can leave.");
        return --_owners[block];
    }

    /// <summary>Makes a block free that has no owner and whose content is not needed.</summary>
    public void PutBack(int block)
    {
        Debug.Assert(_owners[block] == 0 && Free < _free.Length, "A block with an owner is not free.");
        _free[Free++] = block;
    }
}
