using System.Globalization;
using System.Text;
using Ovms.Inference.Messages;
using Ovms.Native;
using Ovms.Serving.Signatures;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Inference.Checks;

/// <summary>The error texts for faults in a request.</summary>
/// <remarks>
/// Names and shapes from the caller are shortened: they may have any length, and answers travel in headers. The original says "input
/// name:" twice; these texts say it once.
/// </remarks>
internal static class RequestFault
{
    private const int MostDimensions = 16;

    public static Outcome InputCount(Signature signature, InferMessage message) => Fail(
        StatusCode.InvalidNoOfInputs,
        $"Expected: {signature.Inputs.Length}; Actual: {message.Inputs.Count}{Surplus(signature, message)}");

    public static Outcome MissingInput(Signature signature, InferMessage message, TensorInfo info) =>
        Fail(StatusCode.MissingInput, $"Required input: {info.Name}{Surplus(signature, message)}");

    public static Outcome RawContentCount(InferMessage message) => Fail(
        StatusCode.InvalidMessageStructure,
        $"Size of raw_input_contents: {message.RawContentCount} is different than number of inputs: {message.SentInputs}"
            + (message.SentInputs < message.Inputs.Count ? ", those in shared memory not counted" : ""));

    public static Outcome TypedBesideRaw(InputTensor input) => Fail(
        StatusCode.InvalidMessageStructure,
        "Passing buffers both in InferInputTensor contents and in raw_input_contents is not allowed. "
            + $"Detected buffer in InferInputTensor contents for input: {Shown.Bounded(input.Name)}");

    public static Outcome NegativeDimension(InputTensor input) =>
        Fail(StatusCode.InvalidShape, $"Negative or zero dimension size is not acceptable: {ShapeOf(input)}", input);

    public static Outcome Precision(TensorInfo info, InputTensor input, CallOrigin origin)
    {
        // KServe callers send the datatype as text, so the message repeats it. TensorFlow's are numbers, for which the original prints
        // its own names.
        TensorMarshaler? marshaler = TensorMarshaler.ForDatatype(input.Datatype);
        bool isText = origin is CallOrigin.KServeGrpc or CallOrigin.KServeRest;
        string came = isText || marshaler is null ? Shown.Bounded(input.Datatype) : marshaler.Precision;
        string known = marshaler is not null ? "" : isText ? " (no datatype of that name exists)" : " (no model takes it)";
        string expected = info.ElementType == ElementType.Dynamic ? "any type" : info.Marshaler.Precision;
        return Fail(StatusCode.InvalidPrecision, $"Expected: {expected}; Actual: {came}{known}", input);
    }

    public static Outcome Rank(TensorInfo info, InputTensor input) =>
        Fail(StatusCode.InvalidNoOfShapeDimensions, $"Expected: {info.Shape}; Actual: {ShapeOf(input)}", input);

    public static Outcome BatchSize(TensorInfo info, InputTensor input) =>
        Fail(StatusCode.InvalidBatchSize, $"Expected: {info.Shape[info.BatchAxis]}; Actual: {input.Shape[info.BatchAxis]}", input);

    public static Outcome BatchDiffers(InputTensor input, long size, InputTensor other, long expected) =>
        Fail(StatusCode.InvalidBatchSize, $"Expected: {expected}, as in {Shown.Bounded(other.Name)}; Actual: {size}", input);

    public static Outcome Shape(TensorInfo info, InputTensor input) =>
        Fail(StatusCode.InvalidShape, $"Expected: {info.Shape}; Actual: {ShapeOf(input)}", input);

    public static Outcome Overflow(InputTensor input) => Fail(
        input.Source == ContentSource.Raw ? StatusCode.InvalidContentSize : StatusCode.InvalidValueCount,
        $"Shape dimensions overflow: {ShapeOf(input)}",
        input);

    public static Outcome ContentSize(InputTensor input, long expected, long actual) =>
        Fail(StatusCode.InvalidContentSize, $"Expected: {expected} bytes; Actual: {actual} bytes", input);

    public static Outcome ValueCount(InputTensor input, long expected, long actual) =>
        Fail(StatusCode.InvalidValueCount, $"Expected: {expected} values; Actual: {actual} values", input);

    public static Outcome TooManyStrings(InputTensor input, long count) =>
        Fail(StatusCode.InvalidStringMaxSizeExceeded, $"Expected: at most {ContentValidator.MaxStrings} strings; Actual: {count}", input);

    public static Outcome NoStrings(InputTensor input, long expected) =>
        Fail(StatusCode.BytesContentsEmpty, $"Expected: {expected} values; Actual: 0 values", input);

    public static Outcome StringTooLong(InputTensor input, long size, uint length) =>
        Fail(
            StatusCode.InvalidContentSize,
            $"Batch length metadata exceeded buffer size, buffer size: {size}, batch length: {length}",
            input);

    public static Outcome StringBytesLeft(InputTensor input, long processed, long size) =>
        Fail(StatusCode.InvalidContentSize, $"Processed bytes: {processed} do not equal to buffer size: {size}", input);

    public static Outcome UnknownOutput(Signature signature, string name) => Fail(
        StatusCode.InvalidRequestedOutput,
        $"The model has no output {Shown.Bounded(name)}; "
            + $"its outputs: {string.Join(", ", signature.OutputsInNameOrder.Select(static info => info.Name))}");

    public static Outcome DuplicateOutput(string name) =>
        Fail(StatusCode.InvalidRequestedOutput, $"Output {Shown.Bounded(name)} is requested twice");

    /// <summary>Names a surplus input: one that the model does not have, or a duplicate.</summary>
    private static string Surplus(Signature signature, InferMessage message)
    {
        // One more than the model has is enough to find it; the caller may have sent millions.
        int checkedCount = Math.Min(message.Inputs.Count, signature.Inputs.Length + 1);
        for (int i = 0; i < checkedCount; i++)
        {
            string name = message.Inputs[i].Name;
            if (signature.FindInput(name) is null)
            {
                return $"; unexpected input: {Shown.Bounded(name)}";
            }

            for (int earlier = 0; earlier < i; earlier++)
            {
                if (message.Inputs[earlier].Name == name)
                {
                    return $"; duplicate input: {name}";
                }
            }
        }

        return "";
    }

    private static string ShapeOf(InputTensor input)
    {
        StringBuilder text = new("(");
        for (int i = 0; i < input.Shape.Length; i++)
        {
            if (i == MostDimensions)
            {
                text.Append(CultureInfo.InvariantCulture, $",... {input.Shape.Length} dimensions");
                break;
            }

            text.Append(i > 0 ? "," : "").Append(CultureInfo.InvariantCulture, $"{input.Shape[i]}");
        }

        return text.Append(')').ToString();
    }

    private static Outcome Fail(StatusCode code, string detail) => Outcome.Fail(code, detail);

    private static Outcome Fail(StatusCode code, string detail, InputTensor input) =>
        Outcome.Fail(code, $"{detail}; input name: {Shown.Bounded(input.Name)}");
}
