namespace Ovms.Native;

/// <summary>One dimension of a partial shape: a closed interval, without an upper bound when <paramref name="Max"/> is -1.</summary>
/// <param name="Min">Smallest allowed value.</param>
/// <param name="Max">Largest allowed value; -1 for no bound.</param>
public readonly record struct Dimension(long Min, long Max)
{
    /// <summary>Any value.</summary>
    public static Dimension Dynamic => new(0, -1);

    /// <summary>Whether only one value is allowed.</summary>
    public bool IsStatic => Min == Max;

    /// <summary>A dimension with exactly one value.</summary>
    public static Dimension Of(long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        return new Dimension(value, value);
    }

    /// <summary>From <paramref name="min"/> to <paramref name="max"/>, both inclusive; a max of -1 means no bound.</summary>
    public static Dimension Range(long min, long max)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(min);
        if (max != -1)
            ArgumentOutOfRangeException.ThrowIfLessThan(max, min);
        return new Dimension(min, max);
    }

    /// <summary>Whether a tensor may have this size in this dimension.</summary>
    public bool Contains(long value) => value >= Min && (Max < 0 || value <= Max);

    /// <summary><c>3</c>, <c>-1</c>, <c>[1~512]</c>, or <c>[1~]</c> if there is only a lower bound.</summary>
    public override string ToString() => this switch
    {
        { IsStatic: true } => $"{Min}",
        { Min: 0, Max: < 0 } => "-1",
        { Max: < 0 } => $"[{Min}~]",
        _ => $"[{Min}~{Max}]",
    };
}
