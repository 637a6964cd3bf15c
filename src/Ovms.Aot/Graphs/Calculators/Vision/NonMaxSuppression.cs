using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.Vision;

/// <summary>NonMaxSuppressionCalculator: of detections that overlap, the one with the highest score.</summary>
/// <param name="inputs">The inputs without a tag.</param>
/// <param name="result">The output.</param>
/// <param name="options">The options.</param>
internal sealed class NonMaxSuppression(int[] inputs, int result, NonMaxSuppressionOptions options) : ICalculator
{
    /// <summary>Checks ports and options.</summary>
    public static Outcome<BoundCalculator> Bind(PortFinder finder, object? options)
    {
        NonMaxSuppressionOptions given = options as NonMaxSuppressionOptions ?? new NonMaxSuppressionOptions();
        int[] inputs = finder.Inputs("", VisionKinds.Detections);
        int result = finder.Output("", VisionKinds.Detections);

        // Gives the original the size of images; places are shares of it here.
        finder.OptionalInput("IMAGE", VisionKinds.Image);
        finder.Require(
            given.NumDetectionStreams > 0 && inputs.Length == given.NumDetectionStreams,
            $"num_detection_streams is {given.NumDetectionStreams}, and the node has {inputs.Length} input_streams without a tag; "
                + "expected as many, 1 and up");
        finder.Require(given.MaxNumDetections != 0, "max_num_detections is 0; expected 1 and up, or -1 for no limit");
        finder.Require(
            given.OverlapType != OverlapType.UnspecifiedOverlapType,
            "overlap_type is UNSPECIFIED_OVERLAP_TYPE; expected JACCARD, MODIFIED_JACCARD or INTERSECTION_OVER_UNION");
        NonMaxSuppression calculator = new(inputs, result, given);
        return finder.Bind(() => calculator, runsLong: true);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> ProcessAsync(CalculatorContext context)
    {
        List<Detection> all = [];
        foreach (int input in inputs)
        {
            if (context.HasInput(input))
            {
                if (context.Input(input).Value is not Detection[] detections)
                {
                    return new(Outcome.Fail(
                        StatusCode.GraphExecutionError, $"an input is {context.Input(input).Value}; expected: a vector of detections"));
                }

                all.AddRange(detections);
            }
        }

        if (all.Count > 0 || options.ReturnEmptyDetections)
        {
            context.Emit(result, new Packet(Suppression.Of(all, options, context.Cancellation), context.Time));
        }

        return new(Outcome.Ok);
    }
}
