using Ovms.Native;
using Ovms.Tensors;

namespace Ovms.Pipelines.Tensors;

/// <summary>
/// A tensor between nodes. Immutable; whoever has it also holds its memory, or knows that something else does.
/// </summary>
/// <param name="Type">Type of the elements. Strings have the raw form of the APIs: a length before each.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Address">Address of the elements; not null.</param>
/// <param name="Bytes">Size of the elements.</param>
/// <param name="Memory">The memory; null if it belongs to the request.</param>
internal sealed record NodeTensor(ElementType Type, long[] Shape, nint Address, long Bytes, TensorMemory? Memory)
{
    /// <summary>The elements.</summary>
    /// <exception cref="OverflowException">There are more than 2 GiB.</exception>
    public unsafe ReadOnlySpan<byte> Content => new((void*)Address, checked((int)Bytes));

    /// <summary>The elements as numbers of a type that has the right size.</summary>
    /// <typeparam name="T">The type.</typeparam>
    public ReadOnlySpan<T> As<T>()
        where T : unmanaged => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, T>(Content);

    /// <summary>Number of elements of a shape; -1 if a dimension is negative or the product overflows.</summary>
    public static long CountOf(ReadOnlySpan<long> shape)
    {
        long count = 1;
        foreach (long dimension in shape)
        {
            if (dimension < 0 || (dimension > 0 && count > TensorMarshaler.MaxCount / dimension))
            {
                return -1;
            }

            count *= dimension;
        }

        return count;
    }

    /// <summary>Allocates a tensor of numbers that the caller holds.</summary>
    /// <param name="type">Type of the elements.</param>
    /// <param name="shape">A shape that does not overflow.</param>
    public static NodeTensor Allocate(ElementType type, params long[] shape)
    {
        long bytes = TensorMarshaler.For(type).ByteLength(CountOf(shape));
        TensorMemory memory = TensorMemory.Allocate(bytes, out nint address);
        return new NodeTensor(type, shape, address, bytes, memory);
    }

    /// <summary>The elements, for the one who fills a new tensor.</summary>
    /// <typeparam name="T">A type that has the right size.</typeparam>
    public unsafe Span<T> Fill<T>()
        where T : unmanaged => new((void*)Address, checked((int)(Bytes / sizeof(T))));

    /// <summary>One part along the first dimension, which the part does not have: a view, which needs its own hold of the memory.</summary>
    /// <param name="index">The index of the part.</param>
    public NodeTensor Part(long index)
    {
        long bytes = Bytes / Shape[0];
        return this with { Shape = Shape[1..], Address = Address + (nint)(index * bytes), Bytes = bytes };
    }

    /// <summary>Its shape for messages, for example (1,3,224,224).</summary>
    public string ShapeText => $"({string.Join(',', Shape)})";
}
