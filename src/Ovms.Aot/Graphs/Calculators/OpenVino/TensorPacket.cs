using Ovms.Graphs.Packets;

namespace Ovms.Graphs.Calculators.OpenVino;

/// <summary>The value of a packet with one tensor.</summary>
/// <param name="value">The tensor.</param>
/// <param name="owner">Has its memory, of which the packet takes a reference; null for the memory of a unary request,
/// which outlives the graph's run.</param>
internal class TensorPacket(TensorValue value, SharedValue? owner) : SharedValue
{
    /// <summary>The tensor, borrowed.</summary>
    public TensorValue Value => value;

    /// <inheritdoc/>
    public override long Bytes => owner is null ? 0 : value.Copy?.Length ?? value.Output?.ByteSize ?? value.Input?.Content?.Length ?? 0;

    /// <inheritdoc/>
    public override string ToString() => "tensor";

    /// <inheritdoc/>
    protected override void OnReleased() => owner?.Release();
}
