using Ovms.Native;
using Ovms.Tensors;

namespace Ovms.Serving.Signatures;

/// <summary>One input or output of a servable as callers see it.</summary>
/// <param name="Index">Index among the compiled model's inputs or outputs.</param>
/// <param name="Name">The name callers use.</param>
/// <param name="ElementType">Type of one element.</param>
/// <param name="Shape">The accepted or returned shapes; may be dynamic.</param>
/// <param name="Layout">Layout as callers see it, for example NCHW; "N..." if unknown, "..." for scalars.</param>
internal sealed record TensorInfo(int Index, string Name, ElementType ElementType, PartialShape Shape, string Layout)
{
    /// <summary>Converts this type's elements between the APIs and OpenVINO.</summary>
    public TensorMarshaler Marshaler { get; } = TensorMarshaler.For(ElementType);

    /// <summary>The datatype that metadata reports: INVALID, as in the original, where a graph's stream has no type of its own.</summary>
    public string ReportedDatatype => ElementType == ElementType.Dynamic ? "INVALID" : Datatype;

    /// <summary>
    /// The datatype that a Python node states of bytes which no other describes; null elsewhere. The elements are then U8, and the stated
    /// shape says nothing of their number.
    /// </summary>
    public string? StatedDatatype { get; init; }

    /// <summary>The datatype in answers.</summary>
    public string Datatype => StatedDatatype ?? Marshaler.Datatype;

    /// <summary>
    /// Whether the model returns rows of U8, each a text followed by a NUL, that callers see as strings. Only for outputs.
    /// </summary>
    public bool IsPackedText { get; init; }

    /// <summary>The shape that images are decoded to: <see cref="Shape"/>, but always with the model's own channels.</summary>
    public PartialShape ImageShape { get; init; } = Shape;

    /// <summary>Bytes of every tensor; 0 if they vary, overflow, or the elements are strings.</summary>
    public long FixedLength { get; } = LengthOf(Shape, TensorMarshaler.For(ElementType));

    /// <summary>The batch axis; -1 if the layout has none.</summary>
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
