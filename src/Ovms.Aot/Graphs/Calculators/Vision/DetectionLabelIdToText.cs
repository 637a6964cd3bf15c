using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.Vision;

/// <summary>DetectionLabelIdToTextCalculator: gives detections the names of their classes, where they have one.</summary>
/// <param name="input">The input.</param>
/// <param name="result">The output.</param>
/// <param name="names">Names by class.</param>
/// <param name="keepsId">Whether named detections keep the number of their class.</param>
internal sealed class DetectionLabelIdToText(int input, int result, Dictionary<long, string> names, bool keepsId) : ICalculator
{
    /// <summary>Checks ports and options, and reads the names.</summary>
    public static Outcome<BoundCalculator> Bind(PortFinder finder, object? options)
    {
        DetectionLabelIdToTextOptions given = options as DetectionLabelIdToTextOptions ?? new DetectionLabelIdToTextOptions();
        int input = finder.Input("", VisionKinds.Detections);
        int result = finder.Output("", VisionKinds.Detections);
        Outcome<Dictionary<long, string>> names = LabelMap.Read(given);
        finder.Require(names.IsOk, names.Detail ?? "");
        DetectionLabelIdToText calculator = new(input, result, names.Value ?? [], given.KeepLabelId);
        return finder.Bind(() => calculator);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> ProcessAsync(CalculatorContext context)
    {
        if (!context.HasInput(input))
        {
            return new(Outcome.Ok);
        }

        if (context.Input(input).Value is not Detection[] detections)
        {
            return new(Outcome.Fail(
                StatusCode.GraphExecutionError, $"the input is {context.Input(input).Value}; expected: a vector of detections"));
        }

        context.Emit(result, new Packet(Array.ConvertAll(detections, Named), context.Time));
        return new(Outcome.Ok);
    }

    private Detection Named(Detection detection) => detection.LabelId is { } label && names.TryGetValue(label, out string? name)
        ? detection with { Label = name, LabelId = keepsId ? label : null }
        : detection;
}
