using System.Runtime.InteropServices;

namespace Ovms.Pipelines.Libraries;

/// <summary>The inputs of one call in the form of the interface, in one block of native memory. The elements stay where they are.</summary>
internal sealed unsafe class NodeInputs : IDisposable
{
    private readonly byte* _block;

    /// <summary>Writes them.</summary>
    /// <param name="inputs">The inputs, whose memory the caller holds until this is disposed.</param>
    public NodeInputs(IReadOnlyList<NamedTensor> inputs)
    {
        Count = inputs.Count;
        int size = 0;
        foreach (NamedTensor input in inputs)
        {
            size += sizeof(CustomNodeTensor) + (sizeof(ulong) * input.Tensor.Shape.Length)
                + System.Text.Encoding.UTF8.GetMaxByteCount(input.Name.Length) + 1;
        }

        _block = (byte*)NativeMemory.Alloc((nuint)Math.Max(1, size));
        ulong* dims = (ulong*)(_block + (sizeof(CustomNodeTensor) * Count));
        byte* names = (byte*)(dims + inputs.Sum(static input => input.Tensor.Shape.Length));
        for (int i = 0; i < Count; i++)
        {
            NamedTensor input = inputs[i];
            long[] shape = input.Tensor.Shape;
            Array[i] = new CustomNodeTensor
            {
                Name = names,
                Data = (byte*)input.Tensor.Address,
                DataBytes = (ulong)input.Tensor.Bytes,
                Dims = dims,
                DimsCount = (ulong)shape.Length,
                Precision = NodePrecision.Of(input.Tensor.Type),
            };
            foreach (long dimension in shape)
            {
                *dims++ = (ulong)dimension;
            }

            names += System.Text.Encoding.UTF8.GetBytes(
                input.Name, new Span<byte>(names, System.Text.Encoding.UTF8.GetMaxByteCount(input.Name.Length)));
            *names++ = 0;
        }
    }

    /// <summary>Number of inputs.</summary>
    public int Count { get; }

    /// <summary>The inputs.</summary>
    public CustomNodeTensor* Array => (CustomNodeTensor*)_block;

    /// <inheritdoc/>
    public void Dispose() => NativeMemory.Free(_block);
}
