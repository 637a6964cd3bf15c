namespace Ovms.Graphs.Packets;

/// <summary>
/// The value of a packet that carries a vector, such as OVTENSORS or the items of a loop. It owns one reference of each item that is a
/// <see cref="SharedValue"/> and gives them back with its own last one.
/// </summary>
/// <param name="items">The items, none of them null; owned by the vector, as are their references.</param>
internal sealed class ValueVector(object[] items) : SharedValue
{
    /// <summary>Number of items.</summary>
    public int Count => items.Length;

    /// <summary>An item, borrowed: valid while the vector is. To keep it, make a packet of it with <see cref="Take"/>.</summary>
    public object this[int index] => items[index];

    /// <inheritdoc/>
    public override long Bytes
    {
        get
        {
            long sum = 0;
            foreach (object item in items)
            {
                sum += item is SharedValue shared ? shared.Bytes : 0;
            }

            return sum;
        }
    }

    /// <summary>An item with a reference of its own, which the caller owns.</summary>
    public object Take(int index)
    {
        (items[index] as SharedValue)?.Retain();
        return items[index];
    }

    /// <inheritdoc/>
    protected override void OnReleased()
    {
        foreach (object item in items)
        {
            (item as SharedValue)?.Release();
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"vector of {items.Length}";
}
