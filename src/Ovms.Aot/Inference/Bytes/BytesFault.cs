using Ovms.Inference.Messages;
using Ovms.Serving.Signatures;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Inference.Bytes;

/// <summary>The error texts for BYTES inputs that stand for numbers: images and texts.</summary>
internal static class BytesFault
{
    public static Outcome Rank(InputTensor input) => Outcome.Fail(
        StatusCode.InvalidNoOfShapeDimensions,
        $"Expected number of input shape dimensions: 1; Actual: {input.Shape.Length}; {Name(input)}");

    public static Outcome Layout(TensorInfo info, InputTensor input) => Outcome.Fail(
        StatusCode.UnsupportedLayout,
        $"Expected layout: NHWC; Actual: {info.Layout}; {Name(input)}; give the pixels in {info.Marshaler.Datatype}, "
            + "or start the server with --layout NHWC:NCHW (or NHWC, if that is what the model has)");

    public static Outcome BatchSize(TensorInfo info, InputTensor input) => Outcome.Fail(
        StatusCode.InvalidBatchSize,
        $"Expected: {info.Shape[0]}; Actual: {input.Shape[0]}; {Name(input)}");

    public static Outcome TextShape(TensorInfo info, InputTensor input, long width) => Outcome.Fail(
        StatusCode.InvalidShape,
        $"Expected batch size: {info.Shape[0]}; got: {input.Shape[0]}; "
            + $"Expected max null terminated string length: {info.Shape[1]}; got: {width}; {Name(input)}");

    public static Outcome TextsTooLarge(InputTensor input, long width) => Outcome.Fail(
        StatusCode.InvalidStringMaxSizeExceeded,
        $"Expected: at most {NativeBuffer.MaxLength} bytes; "
            + $"Actual: {input.Shape[0]} strings of up to {width} bytes with the NUL behind each; {Name(input)}");

    /// <summary>A fault in one image of the batch.</summary>
    public static Outcome Image(StatusCode code, InputTensor input, long index, string what) =>
        Outcome.Fail(code, $"Image {index + 1} of {input.Shape[0]}: {what}; {Name(input)}");

    private static string Name(InputTensor input) => $"input name: {Shown.Bounded(input.Name)}";
}
