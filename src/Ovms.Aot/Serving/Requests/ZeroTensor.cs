using System.Diagnostics;
using Ovms.Native;
using Ovms.Serving.Signatures;

namespace Ovms.Serving.Requests;

/// <summary>Makes inputs of zeros, or of empty strings.</summary>
internal static class ZeroTensor
{
    // What an empty string takes: OpenVINO's object, and its length here while the tensor is made.
    private const int StringBytes = 32 + sizeof(int);

    /// <summary>Makes the tensor, which the caller disposes.</summary>
    /// <param name="info">The input.</param>
    /// <param name="shape">A shape of the input; each dimension at least 0.</param>
    /// <param name="mostBytes">The largest tensor to make.</param>
    /// <returns>The tensor; null if it would be larger.</returns>
    /// <exception cref="OpenVinoException">There is no memory.</exception>
    public static Tensor? TryMake(TensorInfo info, long[] shape, long mostBytes)
    {
        Int128 count = 1;
        foreach (long dimension in shape)
        {
            Debug.Assert(dimension >= 0, "Sizes are not negative.");
            count = Int128.Min(count * dimension, long.MaxValue);
        }

        bool isText = info.ElementType == ElementType.String;
        if (count > mostBytes || (isText ? count * StringBytes : info.Marshaler.ByteLength((long)count)) > mostBytes)
        {
            return null;
        }

        if (isText)
        {
            return Tensor.CreateStrings(shape, new int[(long)count], default);
        }

        Tensor tensor = Tensor.Allocate(info.ElementType, shape);
        tensor.Bytes.Clear();
        return tensor;
    }

    /// <summary>The least shape of an input that has elements: an open dimension has its least size, but not 0.</summary>
    public static long[] LeastShape(TensorInfo info)
    {
        if (!info.Shape.HasRank)
        {
            return [1];
        }

        long[] shape = new long[info.Shape.Rank];
        for (int i = 0; i < shape.Length; i++)
        {
            Dimension dimension = info.Shape[i];
            shape[i] = dimension.IsStatic || dimension.Max == 0 ? dimension.Min : Math.Max(dimension.Min, 1);
        }

        return shape;
    }
}
