using Ovms.Native;
using Ovms.Tensors;

namespace Ovms.Serving.Signatures;

/// <summary>One input or output of a servable as callers see it.</summary>
/// <param name="Index">Place among the compiled model's ports of its side.</param>
/// <param name="Name">The name callers use.</param>
/// <param name="ElementType">What one element is.</param>
/// <param name="Shape">What shapes it takes or gives; may be dynamic.</param>
/// <param name="Layout">Layout of the tensor as served, for example NCHW; "N..." where nothing is known, "..." for scalars.</param>
internal sealed record TensorInfo(int Index, string Name, ElementType ElementType, PartialShape Shape, string Layout)
{
    /// <summary>Moves this type's elements between the wire and the engine.</summary>
    public TensorMarshaler Marshaler { get; } = TensorMarshaler.For(ElementType);

    /// <summary>
    /// Whether the engine gives rows of U8, a text with a NUL behind it in each, where callers are told strings. Only outputs.
    /// </summary>
    public bool IsPackedText { get; init; }

    /// <summary>What decoded images are brought to: <see cref="Shape"/>, but with the model's own channels also where a call may send others.</summary>
    public PartialShape ImageShape { get; init; } = Shape;

    /// <summary>Bytes of every tensor of it; 0 where they are not always the same, or too many to count. Not for strings, which have 0.</summary>
    public long FixedLength { get; } = LengthOf(Shape, TensorMarshaler.For(ElementType));

    /// <summary>The axis that counts examples; -1 where the layout has none.</summary>
    public int BatchAxis { get; } = Shape.Rank == 0 ? -1 : LayoutText.AxisOf(Layout, 'N', Shape.Rank);

    private static long LengthOf(PartialShape shape, TensorMarshaler marshaler)
    {
        long count = shape.IsStatic ? 1 : 0;
        foreach (Dimension dimension in shape.Dimensions)
        {
            if (count == 0 || dimension.Min > TensorMarshaler.MaxCount / count)
            {
                return 0;
            }

            count *= dimension.Min;
        }

        return marshaler.ByteLength(count);
    }
}
