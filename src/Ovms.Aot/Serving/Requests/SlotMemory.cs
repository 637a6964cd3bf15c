using System.Runtime.InteropServices;
using Ovms.Native;
using Ovms.Serving.Signatures;

namespace Ovms.Serving.Requests;

/// <summary>Memory of an infer request for the inputs of a small model. It is bound once; calls copy their inputs into it.</summary>
/// <remarks>
/// For a few kilobytes a copy is cheaper than setting a tensor, which costs about 1 µs and two objects per input. Only for numbers of
/// static shape, whose place and length are fixed.
/// </remarks>
internal sealed unsafe class SlotMemory : IDisposable
{
    /// <summary>Maximum total size of the inputs, in bytes, for which copying is worth its cost.</summary>
    public const int Largest = 16 << 10;

    private const int Alignment = 64;

    private readonly Tensor?[] _tensors;
    private readonly (int Start, int Length)[] _places;
    private void* _block;

    private SlotMemory((int Start, int Length)[] places, int size, Signature signature)
    {
        _places = places;
        _tensors = new Tensor?[places.Length];
        _block = NativeMemory.AlignedAlloc((nuint)size, Alignment);
        try
        {
            for (int i = 0; i < places.Length; i++)
            {
                TensorInfo input = signature.Inputs[i];
                _tensors[i] = Tensor.FromHost(input.ElementType, input.Shape.ToShape(), (byte*)_block + places[i].Start);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Allocates memory for a model's inputs; null if they are too large, dynamic, empty or strings.</summary>
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

    /// <summary>Sets the memory as the inputs of a request.</summary>
    public void BindTo(InferRequest request)
    {
        for (int i = 0; i < _tensors.Length; i++)
        {
            request.SetInput(i, _tensors[i]!);
        }
    }

    /// <summary>Writes one input.</summary>
    /// <param name="index">Index of the input.</param>
    /// <param name="bytes">The content, of exactly the input's size.</param>
    public void Write(int index, ReadOnlySpan<byte> bytes) =>
        bytes.CopyTo(new Span<byte>((byte*)_block + _places[index].Start, _places[index].Length));

    /// <inheritdoc/>
    public void Dispose()
    {
        // Null behind the first tensor that could not be made.
        foreach (Tensor? tensor in _tensors)
        {
            tensor?.Dispose();
        }

        NativeMemory.AlignedFree(_block);
        _block = null;
    }
}
