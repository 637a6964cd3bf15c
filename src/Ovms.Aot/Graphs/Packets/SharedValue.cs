using System.Diagnostics;

namespace Ovms.Graphs.Packets;

/// <summary>
/// A packet's value that holds memory or a lease. Several packets may share it: each has one reference, and the value is released when the
/// last reference is. The creator has the first reference. Values do not change once they are in a packet, since several nodes may read
/// them at the same time.
/// </summary>
internal abstract class SharedValue
{
    private int _references = 1;

    /// <summary>Memory that the value keeps from being used by others, in bytes; 0 if it is not worth counting.</summary>
    public virtual long Bytes => 0;

    /// <summary>Adds a reference. The caller must hold one.</summary>
    public void Retain()
    {
        int now = Interlocked.Increment(ref _references);
        Debug.Assert(now > 1, "Only who holds a reference may add one.");
    }

    /// <summary>Gives one reference back; the last one releases the value.</summary>
    public void Release()
    {
        int left = Interlocked.Decrement(ref _references);
        Debug.Assert(left >= 0, "A reference is given back once.");
        if (left == 0)
        {
            OnReleased();
        }
    }

    /// <summary>Starts a new life of a value that was released and is used again.</summary>
    protected void Revive()
    {
        int before = Interlocked.Exchange(ref _references, 1);
        Debug.Assert(before == 0, "A value in use cannot be used again.");
    }

    /// <summary>
    /// Frees what the value holds. Called once, on the thread that gives the last reference back; must not throw or block.
    /// </summary>
    protected abstract void OnReleased();
}
