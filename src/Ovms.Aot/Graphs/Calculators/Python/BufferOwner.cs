using Ovms.Graphs.Packets;
using Ovms.Tensors;

namespace Ovms.Graphs.Calculators.Python;

/// <summary>Owns the memory of a tensor that a handler has given.</summary>
/// <param name="buffer">The memory; owned.</param>
internal sealed class BufferOwner(NativeBuffer buffer) : SharedValue
{
    /// <inheritdoc/>
    protected override void OnReleased() => buffer.Dispose();
}
