using System.Diagnostics;
using Ovms.Graphs.Packets;

namespace Ovms.Graphs.Scheduling;

/// <summary>The packets that wait at one input of a node in a running graph. Guarded by the instance's lock.</summary>
/// <param name="throttle">Is told when the queue becomes full and when it no longer is.</param>
/// <param name="stream">The stream that it belongs to.</param>
internal sealed class InputQueue(Throttle throttle, PlanStream stream)
{
    private Packet[] _ring = new Packet[4];
    private int _head;
    private int _limit;
    private bool _isFull;

    /// <summary>Packets that wait.</summary>
    public int Count { get; private set; }

    /// <summary>The smallest time that a packet after the last one may have.</summary>
    public Timestamp Bound { get; private set; } = Timestamp.PreStream;

    /// <summary>Whether <see cref="Count"/> has reached the limit.</summary>
    public bool IsFull => _isFull;

    /// <summary>The time of the first packet; if none waits, the bound.</summary>
    public Timestamp HeadOrBound => Count == 0 ? Bound : _ring[_head].Time;

    /// <summary>The first packet; there must be one.</summary>
    public ref readonly Packet Head => ref _ring[_head];

    /// <summary>The time of the packet that has a number of newer ones behind it.</summary>
    /// <param name="newer">0 for the newest, up to <see cref="Count"/> − 1.</param>
    public Timestamp TimeFromEnd(int newer) => _ring[Wrapped(_head + Count - 1 - newer)].Time;

    /// <summary>Empties the queue for a run; no packet waits.</summary>
    /// <param name="limit">Packets at which the queue is full.</param>
    public void Start(int limit)
    {
        Debug.Assert(Count == 0, "The last run has released its packets.");
        Bound = Timestamp.PreStream;
        _limit = limit;
        _isFull = false;
    }

    /// <summary>Adds a packet, whose time is not below the bound, and raises the bound behind it.</summary>
    public void Add(Packet packet)
    {
        Debug.Assert(packet.Time >= Bound, "The sender has checked the time.");
        if (Count == _ring.Length)
        {
            Grow();
        }

        _ring[Wrapped(_head + Count)] = packet;
        Count++;
        Bound = packet.Time.NextAllowed;
        throttle.Bytes += packet.Bytes;
        UpdateFull();
    }

    /// <summary>Removes the first packet; its reference goes to the caller.</summary>
    public Packet Take()
    {
        Packet packet = _ring[_head];
        _ring[_head] = default;
        _head = Wrapped(_head + 1);
        Count--;
        throttle.Bytes -= packet.Bytes;
        UpdateFull();
        return packet;
    }

    /// <summary>Raises the bound.</summary>
    /// <returns>Whether it was lower.</returns>
    public bool Raise(Timestamp bound)
    {
        if (bound <= Bound)
        {
            return false;
        }

        Bound = bound;
        return true;
    }

    /// <summary>Releases the packets before a time.</summary>
    public void DropBefore(Timestamp time)
    {
        while (Count > 0 && Head.Time < time)
        {
            Take().Release();
        }
    }

    /// <summary>Releases all packets.</summary>
    public void Clear()
    {
        while (Count > 0)
        {
            Take().Release();
        }
    }

    /// <summary>Makes room for one packet more than wait, so that a full queue is not full any more.</summary>
    public void RaiseLimit()
    {
        _limit = Count + 1;
        UpdateFull();
    }

    private void UpdateFull()
    {
        bool full = Count >= _limit;
        if (full != _isFull)
        {
            _isFull = full;
            throttle.Count(stream.Roots, full ? 1 : -1);
        }
    }

    private int Wrapped(int position) => position & (_ring.Length - 1);

    private void Grow()
    {
        Packet[] larger = new Packet[_ring.Length * 2];
        for (int i = 0; i < Count; i++)
        {
            larger[i] = _ring[Wrapped(_head + i)];
        }

        _ring = larger;
        _head = 0;
    }
}
