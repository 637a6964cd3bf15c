namespace Ovms.Graphs.Packets;

/// <summary>Two values in one packet. It owns one reference of each that is a <see cref="SharedValue"/>.</summary>
/// <param name="first">The first value, with its reference.</param>
/// <param name="second">The second value, with its reference.</param>
internal sealed class ValuePair(object first, object second) : SharedValue
{
    /// <summary>The first value, borrowed.</summary>
    public object First => first;

    /// <summary>The second value, borrowed.</summary>
    public object Second => second;

    /// <inheritdoc/>
    public override long Bytes => ((first as SharedValue)?.Bytes ?? 0) + ((second as SharedValue)?.Bytes ?? 0);

    /// <inheritdoc/>
    protected override void OnReleased()
    {
        (first as SharedValue)?.Release();
        (second as SharedValue)?.Release();
    }

    /// <inheritdoc/>
    public override string ToString() => $"({first}, {second})";
}
