using System.Diagnostics;
using Ovms.Inference.Messages;
using Ovms.Native;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Inference.Checks;

/// <summary>
/// Decides whether an input's content has as many bytes as its shape demands. What the shape may be, others check.
/// </summary>
internal static class ContentValidator
{
    /// <summary>Maximum number of strings in a tensor: the engine's objects for that many take 1 GiB, as in the original.</summary>
    public const int MaxStrings = 1 << 25;

    /// <summary>Returns the first fault.</summary>
    /// <param name="marshaler">The type that the content has.</param>
    /// <param name="input">The input, without a negative dimension.</param>
    public static Outcome Check(TensorMarshaler marshaler, InputTensor input)
    {
        if (!TryCount(input.Shape, out long count))
        {
            return RequestFault.Overflow(input);
        }

        return marshaler.ElementType == ElementType.String ? CheckStrings(input, count) : CheckElements(marshaler, input, count);
    }

    private static Outcome CheckElements(TensorMarshaler marshaler, InputTensor input, long count)
    {
        if (input.Source != ContentSource.Raw)
        {
            Debug.Assert(
                input.ValueCount == 0 || input.Content?.Length == marshaler.ByteLength(input.ValueCount),
                "Values were converted by the marshaler.");
            return input.ValueCount == count ? Outcome.Ok : RequestFault.ValueCount(input, count, input.ValueCount);
        }

        long expected = marshaler.ByteLength(count);
        long actual = input.Content?.Length ?? input.Shared?.ByteSize ?? 0;
        return actual == expected ? Outcome.Ok : RequestFault.ContentSize(input, expected, actual);
    }

    /// <summary>Whether BYTES have exactly the expected number of whole elements.</summary>
    public static Outcome CheckStrings(InputTensor input, long count)
    {
        if (count > MaxStrings)
        {
            return RequestFault.TooManyStrings(input, count);
        }

        long came = input.ValueCount;
        if (input.Source == ContentSource.Raw)
        {
            Outcome walked = CountPacked(input, out came);
            if (!walked.IsOk)
            {
                return walked;
            }
        }

        return came == count ? Outcome.Ok
            : came == 0 ? RequestFault.NoStrings(input, count)
            : RequestFault.ValueCount(input, count, came);
    }

    /// <summary>
    /// Checks the lengths in a packed string tensor. Afterwards the engine's strings can be made without checking again.
    /// </summary>
    private static Outcome CountPacked(InputTensor input, out long count)
    {
        count = 0;
        ReadOnlySpan<byte> all = input.Content is null ? default : input.Content.Bytes;
        BytesElements elements = new(all);
        while (true)
        {
            switch (elements.Read(out _, out uint length))
            {
                case BytesElement.None:
                    return Outcome.Ok;
                case BytesElement.HasNoLength:
                    return RequestFault.StringBytesLeft(input, all.Length - elements.Left, all.Length);
                case BytesElement.IsCutOff:
                    return RequestFault.StringTooLong(input, all.Length, length);
                default:
                    count++;
                    break;
            }
        }
    }

    /// <summary>
    /// Multiplies the dimensions. Empty tensors also fail if the product of their other dimensions overflows, because the engine computes
    /// strides from them.
    /// </summary>
    internal static bool TryCount(ReadOnlySpan<long> shape, out long count)
    {
        count = 1;
        bool empty = false;
        foreach (long dimension in shape)
        {
            if (dimension == 0)
            {
                empty = true;
                continue;
            }

            if (dimension > TensorMarshaler.MaxCount / count)
            {
                return false;
            }

            count *= dimension;
        }

        count = empty ? 0 : count;
        return true;
    }
}
