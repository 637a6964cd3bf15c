namespace Ovms.Generation.Requests;

/// <summary>A queue of events that grows while its reader is slower than the engine. Not thread-safe.</summary>
internal sealed class EventRing
{
    private TokenEvent[] _events = new TokenEvent[4];
    private int _first;

    /// <summary>Number of unread events.</summary>
    public int Count { get; private set; }

    /// <summary>Adds an event.</summary>
    public void Add(in TokenEvent item)
    {
        if (Count == _events.Length)
        {
            TokenEvent[] larger = new TokenEvent[Count * 2];
            _events.AsSpan(_first).CopyTo(larger);
            _events.AsSpan(0, _first).CopyTo(larger.AsSpan(Count - _first));
            (_events, _first) = (larger, 0);
        }

        _events[(_first + Count++) & (_events.Length - 1)] = item;
    }

    /// <summary>Removes the oldest event.</summary>
    /// <returns>False if there is none.</returns>
    public bool TryRemove(out TokenEvent item)
    {
        if (Count == 0)
        {
            item = default;
            return false;
        }

        item = _events[_first];
        _events[_first] = default;
        _first = (_first + 1) & (_events.Length - 1);
        Count--;
        return true;
    }
}
