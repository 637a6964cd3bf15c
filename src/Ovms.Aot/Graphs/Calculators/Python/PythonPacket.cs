using Ovms.Graphs.Calculators.OpenVino;
using Ovms.Graphs.Interpreters;
using Ovms.Graphs.Packets;

namespace Ovms.Graphs.Calculators.Python;

/// <summary>A tensor with what only Python nodes see of it.</summary>
/// <param name="value">The tensor.</param>
/// <param name="owner">Has its memory; null for that of a unary request.</param>
/// <param name="name">Its name in Python.</param>
/// <param name="buffer">What the buffer protocol says of it; null if its datatype tells.</param>
internal sealed class PythonPacket(TensorValue value, SharedValue? owner, string name, BufferForm? buffer) : TensorPacket(value, owner)
{
    /// <summary>Its name in Python.</summary>
    public string Name => name;

    /// <summary>What the buffer protocol says of it; null if its datatype tells.</summary>
    public BufferForm? Buffer => buffer;
}
