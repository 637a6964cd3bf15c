using System.Diagnostics;

namespace Ovms.Generation.Cache;

/// <summary>
/// The rows of the state tables of models with convolution or linear-attention states: each is free, owned by sequences, or kept without an
/// owner because a later prompt may begin with the tokens whose state it holds. Used by one thread.
/// <para>A row is kept under the key that the block before its state has in <see cref="PrefixTable"/>. Keys are never used again, so a row
/// whose block was evicted cannot be found, and is the oldest before long.</para>
/// </summary>
internal sealed class StateRows
{
    private readonly BlockLedger _ledger;
    private readonly UseOrder _unowned;
    private readonly Dictionary<long, int> _rows;

    // By row. A key of 0 means that the row is not kept.
    private readonly long[] _keys;

    /// <summary>All rows are free.</summary>
    /// <param name="rows">The number of rows.</param>
    public StateRows(int rows)
    {
        _ledger = new BlockLedger(rows);
        _unowned = new UseOrder(rows);
        _rows = new Dictionary<long, int>(rows);
        _keys = new long[rows];
    }

    /// <summary>Number of all rows.</summary>
    public int Count => _ledger.Count;

    /// <summary>Number of rows without content.</summary>
    public int Free => _ledger.Free;

    /// <summary>Number of rows without an owner that are kept for later prompts.</summary>
    public int Kept => _unowned.Count;

    /// <summary>Number of rows that can be taken.</summary>
    public int Available => Free + Kept;

    /// <summary>The number of owners of a row.</summary>
    public int OwnersOf(int row) => _ledger.OwnersOf(row);

    /// <summary>Whether the state after a block is kept.</summary>
    public bool IsKept(long key) => _rows.ContainsKey(key);

    /// <summary>Whether nobody else reads a row, now or later, so that its only owner may write it.</summary>
    public bool MayWrite(int row) => _ledger.OwnersOf(row) == 1 && _keys[row] == 0;

    /// <summary>Takes a row of which the caller is the only owner: a free one, else the one kept without use for longest.</summary>
    public int Take()
    {
        if (_ledger.TryTake(out int row))
        {
            return row;
        }

        bool found = _unowned.TryTakeOldest(out row);
        Debug.Assert(found, "Only as many sequences run as there are rows for, and what else is taken leaves them theirs.");
        Unname(row);
        _ledger.AddOwner(row);
        return row;
    }

    /// <summary>Adds an owner to a row, which only reads it.</summary>
    public void Share(int row)
    {
        if (_ledger.OwnersOf(row) == 0)
        {
            _unowned.Remove(row);
        }

        _ledger.AddOwner(row);
    }

    /// <summary>Adds an owner to the row with the state after a block; it is kept.</summary>
    public int Share(long key)
    {
        int row = _rows[key];
        Share(row);
        return row;
    }

    /// <summary>Removes an owner. After the last one the row stays if it is kept, else it is free.</summary>
    public void Release(int row)
    {
        if (_ledger.RemoveOwner(row) > 0)
        {
            return;
        }

        if (_keys[row] != 0)
        {
            _unowned.Add(row);
        }
        else
        {
            _ledger.PutBack(row);
        }
    }

    /// <summary>Keeps a row that has an owner; nothing may write it from then on.</summary>
    /// <param name="row">The row.</param>
    /// <param name="key">The key of the block after which its state is.</param>
    /// <returns>False if the block has no entry, or if this state is kept already.</returns>
    public bool Keep(int row, long key)
    {
        Debug.Assert(_ledger.OwnersOf(row) > 0 && _keys[row] == 0, "A row is kept once, by its owner.");
        if (key == PrefixTable.Root || !_rows.TryAdd(key, row))
        {
            return false;
        }

        _keys[row] = key;
        return true;
    }

    /// <summary>Ends the keeping of a state, if it is kept. Owners of its row go on reading it.</summary>
    public void Forget(long key)
    {
        if (!_rows.TryGetValue(key, out int row))
        {
            return;
        }

        Unname(row);
        if (_ledger.OwnersOf(row) == 0)
        {
            _unowned.Remove(row);
            _ledger.PutBack(row);
        }
    }

    /// <summary>Forgets the content of all rows, which the engine lost. No row has an owner.</summary>
    public void Clear()
    {
        while (_unowned.TryTakeOldest(out int row))
        {
            Unname(row);
            _ledger.PutBack(row);
        }

        Debug.Assert(Free == Count, "The sequences released their rows before.");
    }

    private void Unname(int row)
    {
        _rows.Remove(_keys[row]);
        _keys[row] = 0;
    }
}
