using Ovms.Inference.Messages;
using Ovms.Native;
using Ovms.Serving.Signatures;
using Ovms.Tensors;

namespace Ovms.Inference.Bytes;

/// <summary>What BYTES mean for an input of numbers.</summary>
internal enum BytesMeaning
{
    /// <summary>BYTES are not accepted: the input takes only its own datatype.</summary>
    None,

    /// <summary>Encoded images, which are decoded into the four dimensions of the input.</summary>
    Images,

    /// <summary>Texts, which are packed into the rows of a U8 input, each with a NUL behind it.</summary>
    Texts,
}

/// <summary>Decides by rank and type, as the original does, what BYTES mean for an input.</summary>
internal static class BytesInput
{
    private const int ImageRank = 4;
    private const int SplitRank = ImageRank + 1;
    private const int TextRank = 2;

    /// <summary>
    /// What the caller's BYTES mean. <see cref="BytesMeaning.None"/> also if the content is in the input's own datatype.
    /// </summary>
    public static BytesMeaning MeaningOf(TensorInfo info, InputTensor input)
    {
        return TensorMarshaler.ForDatatype(input.Datatype)?.ElementType == ElementType.String ? MeaningOf(info) : BytesMeaning.None;
    }

    /// <summary>Whether an input of numbers accepts BYTES, so that its content may have any length.</summary>
    public static bool TakesBytes(TensorInfo info) => MeaningOf(info) != BytesMeaning.None;

    private static BytesMeaning MeaningOf(TensorInfo info)
    {
        if (info.ElementType == ElementType.String || !info.Shape.HasRank)
        {
            return BytesMeaning.None;
        }

        return info.Shape.Rank switch
        {
            ImageRank when PixelWriter.For(info.ElementType) is not null => BytesMeaning.Images,
            SplitRank when IsSplit(info) && PixelWriter.For(info.ElementType) is not null => BytesMeaning.Images,
            TextRank when info.ElementType == ElementType.U8 => BytesMeaning.Texts,
            _ => BytesMeaning.None,
        };
    }

    /// <summary>
    /// Whether the input's layout is NHWC, in whatever notation, so that its tensors are images pixel by pixel; or N?HWC with 1 in the
    /// second dimension, where a pipeline takes batches of one image apart.
    /// </summary>
    public static bool IsNhwc(TensorInfo info)
    {
        int rank = info.Shape.Rank;
        return info.BatchAxis == 0
            && LayoutText.AxisOf(info.Layout, 'H', rank) == rank - 3
            && LayoutText.AxisOf(info.Layout, 'W', rank) == rank - 2
            && LayoutText.AxisOf(info.Layout, 'C', rank) == rank - 1
            && (rank == ImageRank || info.Shape[1].Contains(1));
    }

    private static bool IsSplit(TensorInfo info) => info.Layout.StartsWith("N?", StringComparison.Ordinal);
}
