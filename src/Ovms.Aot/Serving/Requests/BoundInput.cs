using System.Buffers;
using System.Diagnostics;
using Ovms.Native;
using Ovms.Serving.Signatures;
using Ovms.Tensors;

namespace Ovms.Serving.Requests;

/// <summary>Creates OpenVINO's tensor of an input: numbers stay in the message's memory, strings become OpenVINO's objects.</summary>
internal static class BoundInput
{
    /// <summary>Creates the tensor.</summary>
    /// <param name="info">The input.</param>
    /// <param name="shape">The shape that the caller sent.</param>
    /// <param name="content">The content, which fits the shape and must outlive the tensor; null for an empty input. Strings in it are
    /// compacted in place.</param>
    /// <exception cref="OpenVinoException">OpenVINO rejects the tensor.</exception>
    public static unsafe Tensor Create(TensorInfo info, long[] shape, NativeBuffer? content) =>
        info.ElementType == ElementType.String
            ? CreateStrings(shape, content)
            : Tensor.FromHost(info.ElementType, shape, content is null ? null : content.Address);

    // The packed form has a length before each element. OpenVINO wants lengths and texts apart, so the texts are moved together in place,
    // over the lengths. The packed form is not needed afterwards.
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
