using System.Runtime.InteropServices;
using Ovms.Graphs.Calculators.OpenVino;
using Ovms.Graphs.Scheduling;
using Ovms.Native;
using Ovms.Serving.Signatures;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Graphs.Calculators.Vision;

/// <summary>Tensors of FP32 numbers in packets.</summary>
internal static class TensorFloats
{
    /// <summary>Reads a tensor of FP32 numbers.</summary>
    /// <param name="item">The value of a packet, or an item of a vector.</param>
    /// <param name="what">What it is, for the sentence.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="values">Its numbers, borrowed.</param>
    /// <returns>Ok; or that it is no such tensor.</returns>
    public static Outcome Read(object? item, string what, out long[] shape, out ReadOnlySpan<float> values)
    {
        shape = [];
        values = default;
        if (item is not TensorPacket { Value: var tensor })
        {
            return Fail($"{what} is {item}; expected: a tensor");
        }

        string type = tensor.Input?.Datatype ?? tensor.Info!.Marshaler.Datatype;
        shape = tensor.Input?.Shape ?? tensor.Output?.Shape.ToArray() ?? tensor.Shape;
        if (type != "FP32")
        {
            return Fail($"{what} is a tensor of {Shown.Bounded(type)}; expected: FP32");
        }

        ReadOnlySpan<byte> bytes = tensor.Input is { } input ? (input.Content is { } content ? content.Bytes : default)
            : tensor.Output is { } output ? output.Bytes : tensor.Copy!.Bytes;
        values = MemoryMarshal.Cast<byte, float>(bytes);
        long count = shape.Aggregate(1L, static (product, dimension) => product * dimension);
        return values.Length == count ? Outcome.Ok : Fail($"{what} has {values.Length} numbers; its shape {Text(shape)} expects {count}");
    }

    /// <summary>A shape in words.</summary>
    public static string Text(long[] shape) => $"[{string.Join(',', shape)}]";

    /// <summary>A new tensor of one image, of shape [1, height, width, channels], with undefined numbers.</summary>
    /// <param name="context">The run that makes it.</param>
    /// <param name="form">The image.</param>
    /// <param name="memory">Its memory, borrowed.</param>
    /// <returns>The packet's value; or why there is no memory.</returns>
    public static Outcome<TensorPacket> Create(CalculatorContext context, ImageForm form, out NativeBuffer memory)
    {
        Outcome<ImagePacket> made = ImagePacket.Create(context, form);
        memory = made.Value?.Pixels!;
        return made.IsOk ? Of(made.Value) : made.WithoutValue;
    }

    /// <summary>The image as a tensor of shape [1, height, width, channels].</summary>
    /// <param name="image">The image; its reference moves to the tensor.</param>
    public static TensorPacket Of(ImagePacket image)
    {
        long[] shape = [1, .. image.Form.Shape];
        TensorInfo info = new(0, "", image.Form.Type, PartialShape.Of(shape), "NHWC");
        return new TensorPacket(new TensorValue(null, null, info, image.Pixels, shape), image);
    }

    private static Outcome Fail(string why) => Outcome.Fail(StatusCode.GraphExecutionError, why);
}
