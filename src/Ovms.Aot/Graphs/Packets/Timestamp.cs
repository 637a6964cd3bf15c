namespace Ovms.Graphs.Packets;

/// <summary>
/// The time of a packet in a graph, in the unit of the graph's author (usually microseconds). Some values at both ends of the range have a
/// meaning of their own, with the order and the numbers of MediaPipe: Unset &lt; Unstarted &lt; PreStream &lt; Min ≤ any time ≤ Max &lt;
/// PostStream &lt; OneOverPostStream &lt; Done.
/// </summary>
/// <param name="Value">The number, −2^63 to 2^63 − 1.</param>
internal readonly record struct Timestamp(long Value) : IComparable<Timestamp>
{
    /// <summary>No time: of a packet that is not there.</summary>
    public static Timestamp Unset => new(long.MinValue);

    /// <summary>The time at which calculators are opened.</summary>
    public static Timestamp Unstarted => new(long.MinValue + 1);

    /// <summary>The time of a packet that stands for the whole stream and comes before all others; no other packet may follow it.</summary>
    public static Timestamp PreStream => new(long.MinValue + 2);

    /// <summary>The smallest ordinary time.</summary>
    public static Timestamp Min => new(long.MinValue + 3);

    /// <summary>The largest ordinary time.</summary>
    public static Timestamp Max => new(long.MaxValue - 3);

    /// <summary>The time of a packet that stands for the whole stream and comes alone, at its end.</summary>
    public static Timestamp PostStream => new(long.MaxValue - 2);

    /// <summary>
    /// The bound of a stream after <see cref="PreStream"/>, <see cref="Max"/> or <see cref="PostStream"/>: nothing may follow.
    /// </summary>
    public static Timestamp OneOverPostStream => new(long.MaxValue - 1);

    /// <summary>The bound of a closed stream, and the time at which calculators are closed.</summary>
    public static Timestamp Done => new(long.MaxValue);

    /// <summary>Whether a packet in a stream may have this time: <see cref="PreStream"/> to <see cref="PostStream"/>.</summary>
    public bool IsAllowedInStream => this >= PreStream && this <= PostStream;

    /// <summary>Whether this is an ordinary time: <see cref="Min"/> to <see cref="Max"/>.</summary>
    public bool IsRange => this >= Min && this <= Max;

    /// <summary>The smallest time that a packet may have after one at this time; of a time allowed in a stream.</summary>
    public Timestamp NextAllowed => this == PreStream || this >= Max ? OneOverPostStream : new Timestamp(Value + 1);

    /// <summary>
    /// The largest time that is settled when this is the bound of a stream, that is, the last one at which no packet can come any more;
    /// <see cref="Unstarted"/> if there is none.
    /// </summary>
    public Timestamp PreviousAllowed => this <= PreStream ? Unstarted : this > PostStream ? Max : new Timestamp(Value - 1);

    /// <summary>
    /// The time moved by a number of units; stays within <see cref="Min"/> to <see cref="Max"/>. Special values do not move.
    /// </summary>
    public Timestamp Moved(long offset)
    {
        if (!IsRange || offset == 0)
        {
            return this;
        }

        long moved = unchecked(Value + offset);
        bool overflows = ((Value ^ moved) & (offset ^ moved)) < 0;
        return overflows
            ? offset > 0 ? Max : Min
            : new Timestamp(Math.Clamp(moved, Min.Value, Max.Value));
    }

    /// <summary>The smaller of two.</summary>
    public static Timestamp Least(Timestamp left, Timestamp right) => left < right ? left : right;

    /// <summary>The larger of two.</summary>
    public static Timestamp Greatest(Timestamp left, Timestamp right) => left > right ? left : right;

    /// <inheritdoc/>
    public int CompareTo(Timestamp other) => Value.CompareTo(other.Value);

    /// <summary>Whether the left one is earlier.</summary>
    public static bool operator <(Timestamp left, Timestamp right) => left.Value < right.Value;

    /// <summary>Whether the left one is later.</summary>
    public static bool operator >(Timestamp left, Timestamp right) => left.Value > right.Value;

    /// <summary>Whether the left one is not later.</summary>
    public static bool operator <=(Timestamp left, Timestamp right) => left.Value <= right.Value;

    /// <summary>Whether the left one is not earlier.</summary>
    public static bool operator >=(Timestamp left, Timestamp right) => left.Value >= right.Value;

    /// <summary>The number, or the name of a special value.</summary>
    public override string ToString() => (Value - long.MinValue) switch
    {
        0 => nameof(Unset),
        1 => nameof(Unstarted),
        2 => nameof(PreStream),
        _ when this == PostStream => nameof(PostStream),
        _ when this == OneOverPostStream => nameof(OneOverPostStream),
        _ when this == Done => nameof(Done),
        _ => Value.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}
