using Ovms.Tensors;

namespace Ovms.Graphs.Interpreters;

/// <summary>A tensor from the handler.</summary>
/// <param name="Name">The output.</param>
/// <param name="Datatype">The datatype as the handler states it; any text.</param>
/// <param name="Shape">The shape as the handler states it; dimensions may have any value.</param>
/// <param name="Buffer">What the buffer protocol says of the bytes.</param>
/// <param name="Content">The bytes; owned by the receiver.</param>
internal sealed record ReceivedTensor(string Name, string Datatype, long[] Shape, BufferForm Buffer, NativeBuffer Content);
