using System.Runtime.InteropServices;
using Ovms.Native;
using Ovms.Serving.Signatures;

namespace Ovms.Serving.Requests;

/// <summary>
/// Memory of an infer request's own for the inputs of a small model, bound once for the request's life. For a call of a few kilobytes
/// copying them is cheaper than telling the engine of other memory, about 1 µs and two objects an input. Larger inputs are not copied
/// again. Only for static shapes and numbers: what is written has always the same place and length.
/// </summary>
internal sealed unsafe class SlotMemory : IDisposable
{
    /// <summary>Bytes of the largest inputs, all together, that are worth copying.</summary>
    public const int Largest = 16 << 10;

    private const int Alignment = 64;

    private readonly Tensor[] _tensors;
    private readonly (int Start, int Length)[] _places;
    private void* _block;

    private SlotMemory((int Start, int Length)[] places, int size, Signature signature)
    {
        _places = places;
        _block = NativeMemory.AlignedAlloc((nuint)size, Alignment);
        _tensors = [.. signature.Inputs.Select((input, i) => Tensor.FromHost(input.ElementType, input.Shape.ToShape(), (byte*)_block + places[i].Start))];
    }

    /// <summary>Memory for a model's inputs; null where they are too large, dynamic, empty or strings.</summary>
    public static SlotMemory? For(Signature signature)
    {
        (int Start, int Length)[] places = new (int, int)[signature.Inputs.Length];
        int size = 0;
        for (int i = 0; i < places.Length; i++)
        {
            TensorInfo input = signature.Inputs[i];
            long length = input.FixedLength;
            if (input.Index != i || length <= 0 || size + length > Largest)
            {
                return null;
            }

            places[i] = (size, (int)length);
            size += ((int)length + Alignment - 1) / Alignment * Alignment;
        }

        return size == 0 ? null : new SlotMemory(places, size, signature);
    }

    /// <summary>Gives the memory to a request as its inputs.</summary>
    public void BindTo(InferRequest request)
    {
        for (int i = 0; i < _tensors.Length; i++)
        {
            request.SetInput(i, _tensors[i]);
        }
    }

    /// <summary>Writes one input.</summary>
    /// <param name="index">Of the input.</param>
    /// <param name="bytes">As many as the input has.</param>
    public void Write(int index, ReadOnlySpan<byte> bytes) => bytes.CopyTo(new Span<byte>((byte*)_block + _places[index].Start, _places[index].Length));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor tensor in _tensors)
        {
            tensor.Dispose();
        }

        NativeMemory.AlignedFree(_block);
        _block = null;
    }
}
