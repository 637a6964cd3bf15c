using System.Globalization;
using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.Vision;

/// <summary>DetectionsToRenderDataCalculator: boxes, labels and key points of detections as what is to be drawn.</summary>
/// <param name="one">The input DETECTION; −1 for none.</param>
/// <param name="many">The input DETECTIONS; −1 for none.</param>
/// <param name="result">The output RENDER_DATA.</param>
/// <param name="options">The options.</param>
internal sealed class DetectionsToRenderData(int one, int many, int result, DetectionsToRenderDataOptions options) : ICalculator
{
    // A line of text is a tenth of the box, and its letters nine tenths of the line. Source: the original.
    private const float LineShare = 0.1f;
    private const float LetterShare = 0.9f;

    private static readonly RenderTextOptions s_plain = new();

    /// <summary>Checks ports and options.</summary>
    public static Outcome<BoundCalculator> Bind(PortFinder finder, object? options)
    {
        DetectionsToRenderDataOptions given = options as DetectionsToRenderDataOptions ?? new DetectionsToRenderDataOptions();
        int one = finder.OptionalInput("DETECTION", VisionKinds.Detection);
        int many = finder.OptionalInput("DETECTIONS", VisionKinds.Detections);
        int result = finder.Output("RENDER_DATA", VisionKinds.RenderData);
        finder.Require(one >= 0 || many >= 0, "it needs an input_stream DETECTIONS or DETECTION; the node has neither");
        finder.Require(given.Thickness >= 0, $"thickness is {given.Thickness}; expected 0 and up");
        DetectionsToRenderData calculator = new(one, many, result, given);
        return finder.Bind(() => calculator);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> ProcessAsync(CalculatorContext context)
    {
        List<Detection> all = [];
        if (context.HasInput(one) && context.Input(one).Value is Detection single)
        {
            all.Add(single);
        }

        if (context.HasInput(many))
        {
            if (context.Input(many).Value is not Detection[] detections)
            {
                return new(Outcome.Fail(
                    StatusCode.GraphExecutionError, $"DETECTIONS is {context.Input(many).Value}; expected: a vector of detections"));
            }

            all.AddRange(detections);
        }

        if (all.Count > 0 || options.ProduceEmptyPacket)
        {
            context.Emit(result, new Packet(Draw(all), context.Time));
        }

        return new(Outcome.Ok);
    }

    private RenderData Draw(List<Detection> detections)
    {
        List<DetectionBox> boxes = [];
        List<(float X, float Y)> points = [];
        List<RenderText> texts = [];
        for (int i = 0; i < detections.Count; i++)
        {
            Detection detection = detections[i];
            AddTexts(texts, detection, i);
            DetectionBox box = detection.Box;
            if (box.Right >= 0 && box.Bottom >= 0 && box.Left <= 1 && box.Top <= 1)
            {
                (float left, float top) = (Math.Max(box.Left, 0), Math.Max(box.Top, 0));
                boxes.Add(new DetectionBox(left, top, Math.Min(box.Right, 1) - left, Math.Min(box.Bottom, 1) - top));
            }

            points.AddRange(detection.Keypoints);
        }

        return new RenderData(
            options.SceneClass, [.. boxes], [.. points], [.. texts], new RenderPen(options.Color ?? new RenderColor(), options.Thickness));
    }

    // One label and the feature's tag share a box, so that a line is at most half of it.
    private void AddTexts(List<RenderText> texts, Detection detection, int index)
    {
        float line = detection.Box.Height * LineShare;
        string label = detection.Label ?? detection.LabelId?.ToString(CultureInfo.InvariantCulture) ?? "";
        string score = Math.Round(detection.Score, 2).ToString("0.##", CultureInfo.InvariantCulture);
        Add($"{label}{options.TextDelimiter}{score}{options.TextDelimiter}", 1);
        if (options.RenderDetectionId)
        {
            Add($"Id: {index.ToString(CultureInfo.InvariantCulture)}", 2);
        }

        void Add(string text, int number) => texts.Add(new RenderText(
            text,
            Math.Max(detection.Box.Left, 0),
            Math.Min(detection.Box.Top + (number * line), 1),
            line * LetterShare,
            options.Text ?? s_plain));
    }
}
