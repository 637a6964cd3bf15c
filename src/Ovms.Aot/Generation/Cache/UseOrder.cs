namespace Ovms.Generation.Cache;

/// <summary>Numbers in the order of their last use. All operations take constant time. Used by one thread.</summary>
internal sealed class UseOrder
{
    // The element after all numbers is both ends: the newest is before it, the oldest after it.
    private readonly int[] _older;
    private readonly int[] _newer;

    /// <summary>None is in it.</summary>
    /// <param name="count">The numbers are from 0 to one less.</param>
    public UseOrder(int count)
    {
        _older = new int[count + 1];
        _newer = new int[count + 1];
        Clear();
    }

    private int Ends => _older.Length - 1;

    /// <summary>How many are in it.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a number that is not in it, as the newest.</summary>
    public void Add(int number)
    {
        (_older[number], _newer[number]) = (_older[Ends], Ends);
        _newer[_older[number]] = number;
        _older[Ends] = number;
        Count++;
    }

    /// <summary>Removes a number that is in it.</summary>
    public void Remove(int number)
    {
        _newer[_older[number]] = _newer[number];
        _older[_newer[number]] = _older[number];
        Count--;
    }

    /// <summary>Removes the oldest.</summary>
    /// <returns>False if there is none.</returns>
    public bool TryTakeOldest(out int number)
    {
        number = _newer[Ends];
        if (number == Ends)
        {
            return false;
        }

        Remove(number);
        return true;
    }

    /// <summary>Removes all.</summary>
    public void Clear()
    {
        _older[Ends] = _newer[Ends] = Ends;
        Count = 0;
    }
}
