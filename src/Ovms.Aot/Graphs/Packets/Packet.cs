namespace Ovms.Graphs.Packets;

/// <summary>
/// A value at a time. A packet that is there owns one reference of its value if that is a <see cref="SharedValue"/>: exactly one of
/// <see cref="Release"/> and handing the packet on must happen to it. The default is the empty packet: no value, no time.
/// </summary>
internal readonly struct Packet
{
    /// <param name="value">The value; not null. Owned by the packet from here on.</param>
    /// <param name="time">Its time.</param>
    public Packet(object value, Timestamp time)
    {
        Value = value;
        Time = time;
    }

    /// <summary>The value; null in the empty packet.</summary>
    public object? Value { get; }

    /// <summary>The time; of no meaning in the empty packet.</summary>
    public Timestamp Time { get; }

    /// <summary>Whether there is no value.</summary>
    public bool IsEmpty => Value is null;

    /// <summary>The packet that is not there.</summary>
    public static Packet Empty => default;

    /// <summary>Memory that the value holds, in bytes.</summary>
    public long Bytes => Value is SharedValue shared ? shared.Bytes : 0;

    /// <summary>Another packet with the same value and its own reference.</summary>
    public Packet Share()
    {
        (Value as SharedValue)?.Retain();
        return this;
    }

    /// <summary>Another packet with the same value, its own reference, and another time.</summary>
    public Packet ShareAt(Timestamp time) => Share().At(time);

    /// <summary>This packet with another time; the reference moves along.</summary>
    public Packet At(Timestamp time) => Value is null ? default : new Packet(Value, time);

    /// <summary>Gives the reference back.</summary>
    public void Release() => (Value as SharedValue)?.Release();

    /// <inheritdoc/>
    public override string ToString() => IsEmpty ? "(empty)" : $"{Value} at {Time}";
}
