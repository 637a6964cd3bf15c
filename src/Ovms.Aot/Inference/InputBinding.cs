using System.Buffers;
using System.Diagnostics;
using Ovms.Native;
using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;
using Ovms.Tensors;

namespace Ovms.Inference;

/// <summary>Gives a validated message's bytes to an infer request: numbers without a copy, but for the few of a small model; strings as the engine's own objects.</summary>
internal static class InputBinding
{
    /// <summary>Sets every input of the request. The message's memory must stay until the slot is returned.</summary>
    /// <exception cref="OpenVinoException">The engine refuses a tensor.</exception>
    public static void Bind(Signature signature, InferMessage message, InferSlot slot)
    {
        foreach (InputTensor input in message.Inputs)
        {
            TensorInfo info = signature.FindInput(input.Name)!;
            if (slot.Memory is { } memory)
            {
                memory.Write(info.Index, input.Content!.Bytes);
                continue;
            }

            slot.SetInput(info.Index, info.ElementType == ElementType.String ? CreateStrings(input) : CreateView(info, input));
        }
    }

    private static unsafe Tensor CreateView(TensorInfo info, InputTensor input) =>
        Tensor.FromHost(info.ElementType, input.Shape, input.Content is null ? null : input.Content.Address);

    // The packed form has a length before each element; the engine wants lengths and texts apart. The texts are moved together in
    // place, over the lengths: the content is not needed in its packed form any more.
    private static Tensor CreateStrings(InputTensor input)
    {
        int count = (int)input.ElementCount;
        int[] lengths = ArrayPool<int>.Shared.Rent(Math.Max(count, 1));
        try
        {
            Span<byte> bytes = input.Content is null ? default : input.Content.Bytes;
            BytesElements elements = new(bytes);
            int written = 0;
            for (int i = 0; i < count && elements.TryRead(out ReadOnlySpan<byte> element); i++)
            {
                element.CopyTo(bytes[written..]);
                written += element.Length;
                lengths[i] = element.Length;
            }

            Debug.Assert(elements.Left == 0, "The validator checked the packed form.");
            return Tensor.CreateStrings(input.Shape, lengths.AsSpan(0, count), bytes[..written]);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(lengths);
        }
    }
}
