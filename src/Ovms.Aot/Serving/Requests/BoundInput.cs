using System.Buffers;
using System.Diagnostics;
using Ovms.Native;
using Ovms.Serving.Signatures;
using Ovms.Tensors;

namespace Ovms.Serving.Requests;

/// <summary>The engine's tensor of an input: numbers where they lie, strings as the engine's own objects.</summary>
internal static class BoundInput
{
    /// <summary>Makes it.</summary>
    /// <param name="info">The input.</param>
    /// <param name="shape">The shape that came.</param>
    /// <param name="content">Fits it, and outlives the tensor; null for an input without elements. Strings in it are moved together.</param>
    /// <exception cref="OpenVinoException">The engine refuses it.</exception>
    public static unsafe Tensor Create(TensorInfo info, long[] shape, NativeBuffer? content) =>
        info.ElementType == ElementType.String ? CreateStrings(shape, content) : Tensor.FromHost(info.ElementType, shape, content is null ? null : content.Address);

    // The packed form has a length before each element; the engine wants lengths and texts apart. The texts are moved together in
    // place, over the lengths: the content is not needed in its packed form any more.
    private static Tensor CreateStrings(long[] shape, NativeBuffer? content)
    {
        int count = 1;
        foreach (long dimension in shape)
        {
            count *= (int)dimension;
        }

        int[] lengths = ArrayPool<int>.Shared.Rent(Math.Max(count, 1));
        try
        {
            Span<byte> bytes = content is null ? default : content.Bytes;
            BytesElements elements = new(bytes);
            int written = 0;
            for (int i = 0; i < count && elements.TryRead(out ReadOnlySpan<byte> element); i++)
            {
                element.CopyTo(bytes[written..]);
                written += element.Length;
                lengths[i] = element.Length;
            }

            Debug.Assert(elements.Left == 0, "The validator checked the packed form.");
            return Tensor.CreateStrings(shape, lengths.AsSpan(0, count), bytes[..written]);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(lengths);
        }
    }
}
