using Ovms.Native;
using Ovms.Serving.Signatures;

namespace Ovms.Serving.Batches;

/// <summary>The shapes of a model whose first dimension is the batch.</summary>
internal static class BatchShapes
{
    /// <summary>Why calls of a model cannot be computed together, as far as its inputs and outputs tell; null if they may be.</summary>
    public static string? WhyNot(Signature signature)
    {
        foreach (TensorInfo port in signature.Inputs.Concat(signature.Outputs))
        {
            bool isInput = signature.Inputs.Contains(port);
            string name = $"{(isInput ? "input" : "output")} {port.Name}";
            if (!RowValues.Are(port.ElementType) || port.IsPackedText)
            {
                return $"{name} is {port.Marshaler.Precision}";
            }

            if (!port.Shape.HasRank || port.BatchAxis != 0)
            {
                return $"the first dimension of {name} {port.Shape} {port.Layout} is not the batch";
            }

            Dimension first = port.Shape[0];
            if (first.IsStatic ? first.Min != signature.Inputs[0].Shape[0].Min : isInput && !first.Contains(1))
            {
                return $"{name} {port.Shape} does not have the batch of input {signature.Inputs[0].Name} {signature.Inputs[0].Shape}";
            }
        }

        return signature.Inputs.IsEmpty || signature.Outputs.IsEmpty ? "it has no inputs or no outputs" : null;
    }

    /// <summary>The shape of a port with so many rows.</summary>
    public static long[] Of(TensorInfo port, long rows)
    {
        long[] shape = new long[port.Shape.Rank];
        shape[0] = rows;
        for (int i = 1; i < shape.Length; i++)
        {
            shape[i] = port.Shape[i].Min;
        }

        return shape;
    }

    /// <summary>Bytes of one row of a port whose other dimensions are fixed.</summary>
    public static long RowBytes(TensorInfo port) => RowBytes(port, Of(port, 1));

    /// <summary>Bytes of one row of a port.</summary>
    /// <param name="port">The port.</param>
    /// <param name="shape">A shape of it.</param>
    public static long RowBytes(TensorInfo port, ReadOnlySpan<long> shape) => RowBytes(port.ElementType, shape);

    /// <summary>Bytes of one row of a shape.</summary>
    /// <param name="type">The element type.</param>
    /// <param name="shape">A shape; its first dimension does not matter.</param>
    public static long RowBytes(ElementType type, ReadOnlySpan<long> shape)
    {
        Int128 bytes = RowValues.BytesOf(type);
        foreach (long dimension in shape[1..])
        {
            bytes = Int128.Min(bytes * dimension, long.MaxValue);
        }

        return (long)bytes;
    }
}
