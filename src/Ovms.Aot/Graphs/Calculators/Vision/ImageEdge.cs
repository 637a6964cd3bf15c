using System.Globalization;
using Ovms.Inference.Messages;
using Ovms.Native;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.Vision;

/// <summary>The rules of an IMAGE stream that a request feeds, in the order and with the texts of the original.</summary>
internal static class ImageEdge
{
    private const string Layout = "Expected layout - HWC.";

    /// <summary>Returns the first fault of an input as an image.</summary>
    public static Outcome Check(InputTensor input)
    {
        if (input.Shape.Length != 3)
        {
            return Shape($"Invalid Mediapipe Image input shape size. Expected: 3; Actual: {input.Shape.Length}", input);
        }

        ReadOnlySpan<string> axes = ["height", "width", "number of channels"];
        for (int i = 0; i < axes.Length; i++)
        {
            if (input.Shape[i] <= 0)
            {
                return Shape(
                    $"Invalid Mediapipe Image input {axes[i]}. Expected greater than 0; Actual: {input.Shape[i]}; {Layout}", input);
            }
        }

        if (!TakesChannels(input.Datatype, input.Shape[2]))
        {
            return Outcome.Fail(
                StatusCode.InvalidPrecision,
                "Invalid KFS request datatype, conversion to Mediapipe ImageFrame format failed. Expected: UINT8, INT8, UINT16, INT16 or "
                    + $"FP16 with 1, 3 or 4 channels, or FP32 with 1, 2 or 4; Actual: {Shown.Bounded(input.Datatype)} with "
                    + $"{input.Shape[2]}; input name: {Shown.Bounded(input.Name)}");
        }

        // The product cannot overflow: each factor is compared before.
        long actual = input.Content?.Length ?? 0;
        long rowBytes = Math.Min(input.Shape[1], int.MaxValue) * FormOf(input.Datatype, 1, 1, (int)input.Shape[2]).PixelBytes;
        bool fits = input.Shape[0] <= actual / rowBytes && input.Shape[1] <= int.MaxValue && input.Shape[0] * rowBytes == actual;
        string expected = ((Int128)input.Shape[0] * input.Shape[1] * FormOf(input.Datatype, 1, 1, (int)input.Shape[2]).PixelBytes)
            .ToString(CultureInfo.InvariantCulture);
        return fits
            ? Outcome.Ok
            : Outcome.Fail(
                StatusCode.InvalidContentSize,
                $"Invalid Mediapipe Image input buffer size. Actual: {actual}; Expected: {expected}; "
                    + $"input name: {Shown.Bounded(input.Name)}");
    }

    /// <summary>The form of an input that <see cref="Check"/> accepts.</summary>
    public static ImageForm FormOf(InputTensor input) =>
        FormOf(input.Datatype, (int)input.Shape[0], (int)input.Shape[1], (int)input.Shape[2]);

    // As in the original, types of one size share an image format: signed and half-precision samples are seen as unsigned ones.
    private static ImageForm FormOf(string datatype, int height, int width, int channels) => new(
        height, width, channels, datatype switch { "FP32" => ElementType.F32, "UINT8" or "INT8" => ElementType.U8, _ => ElementType.U16 });

    private static bool TakesChannels(string datatype, long channels) => datatype switch
    {
        "UINT8" or "INT8" or "UINT16" or "INT16" or "FP16" => channels is 1 or 3 or 4,
        "FP32" => channels is 1 or 2 or 4,
        _ => false,
    };

    private static Outcome Shape(string why, InputTensor input) =>
        Outcome.Fail(StatusCode.InvalidShape, $"{why}; input name: {Shown.Bounded(input.Name)}");
}
