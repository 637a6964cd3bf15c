using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.Vision;

/// <summary>OpenVINOTensorsToDetectionsCalculator: the tensors of a detector as detections.</summary>
/// <remarks>
/// Two tensors are boxes [1,N,coords] and scores [1,N,classes]; a third one has the anchors [N,4] as y, x, h, w. Four tensors are boxes,
/// classes [1,N], scores [1,N] and the number of boxes [1] of a model that decodes them itself.
/// </remarks>
/// <param name="tensors">The input TENSORS.</param>
/// <param name="anchors">The side packet ANCHORS; −1 for none.</param>
/// <param name="detections">The output DETECTIONS.</param>
/// <param name="options">The options.</param>
internal sealed class TensorsToDetections(int tensors, int anchors, int detections, TensorsToDetectionsOptions options) : ICalculator
{
    private const int BoxNumbers = 4;

    /// <summary>Checks ports and options.</summary>
    public static Outcome<BoundCalculator> Bind(PortFinder finder, object? options)
    {
        TensorsToDetectionsOptions given = options as TensorsToDetectionsOptions ?? new TensorsToDetectionsOptions();
        int tensors = finder.Input("TENSORS", PacketKind.TensorVector);
        int anchors = finder.OptionalInputSide("ANCHORS", VisionKinds.Anchors);
        int detections = finder.Output("DETECTIONS", VisionKinds.Detections);
        finder.Require(given.NumClasses > 0, $"num_classes is {given.NumClasses}; expected 1 and up");
        finder.Require(given.NumBoxes >= 0, $"num_boxes is {given.NumBoxes}; expected 0 and up");
        finder.Require(
            given.NumKeypoints >= 0 && given.NumValuesPerKeypoint >= 2,
            $"num_keypoints and num_values_per_keypoint are {given.NumKeypoints} and {given.NumValuesPerKeypoint}; "
                + "expected 0 and up, and 2 and up");
        long points = (long)given.NumKeypoints * given.NumValuesPerKeypoint;
        finder.Require(
            given.NumCoords == BoxNumbers + points,
            $"num_coords is {given.NumCoords}; expected {BoxNumbers + points}: {BoxNumbers} for the box and num_values_per_keypoint for "
                + "each key point");
        finder.Require(
            given.BoxCoordOffset >= 0 && given.BoxCoordOffset + (long)BoxNumbers <= given.NumCoords,
            $"box_coord_offset is {given.BoxCoordOffset}; expected 0 to {given.NumCoords - BoxNumbers}");
        finder.Require(
            given.NumKeypoints == 0 || (given.KeypointCoordOffset >= 0 && given.KeypointCoordOffset + points <= given.NumCoords),
            $"keypoint_coord_offset is {given.KeypointCoordOffset}; expected 0 to {given.NumCoords - points}");
        TensorsToDetections calculator = new(tensors, anchors, detections, given);
        return finder.Bind(() => calculator, runsLong: true);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> ProcessAsync(CalculatorContext context)
    {
        if (!context.HasInput(tensors))
        {
            return new(Outcome.Ok);
        }

        if (context.Input(tensors).Value is not ValueVector { Count: 2 or 3 or 4 } vector)
        {
            return new(Fail($"TENSORS is {context.Input(tensors).Value}; expected a vector of 2, 3 or 4 tensors"));
        }

        List<Detection> found = [];
        Outcome read = vector.Count == 4 ? ReadDecoded(vector, found) : ReadRaw(vector, anchors < 0 ? null : context.Side(anchors), found);
        if (read.IsOk)
        {
            context.Emit(detections, new Packet(found.ToArray(), context.Time));
        }

        return new(read);
    }

    private Outcome ReadRaw(ValueVector vector, object? side, List<Detection> found)
    {
        Outcome read = Read(vector, 0, "boxes", [1, options.NumBoxes, options.NumCoords], out ReadOnlySpan<float> boxes);
        if (!read.IsOk)
        {
            return read;
        }

        read = Read(vector, 1, "scores", [1, options.NumBoxes, options.NumClasses], out ReadOnlySpan<float> scores);
        if (!read.IsOk)
        {
            return read;
        }

        ReadOnlySpan<float> rows = default;
        Anchor[]? given = vector.Count == 2 ? side as Anchor[] : null;
        if (vector.Count == 3)
        {
            read = Read(vector, 2, "anchors", [options.NumBoxes, BoxNumbers], out rows);
            if (!read.IsOk)
            {
                return read;
            }
        }
        else if (given?.Length != options.NumBoxes)
        {
            return Fail(
                given is null
                    ? "it has no anchors; expected a third tensor, or input_side_packet: \"ANCHORS:name\" from a SsdAnchorsCalculator"
                    : $"ANCHORS has {given.Length} anchors; num_boxes expects {options.NumBoxes}");
        }

        if (options.XScale == 0 || options.YScale == 0 || options.WScale == 0 || options.HScale == 0)
        {
            return Fail("x_scale, y_scale, w_scale and h_scale divide the numbers of a box; expected all four, none of them 0");
        }

        BoxDecoder decoder = new(options);
        for (int i = 0; i < options.NumBoxes; i++)
        {
            Anchor anchor = given?[i] ?? AnchorOf(rows.Slice(i * BoxNumbers, BoxNumbers));
            (int label, float score) = decoder.BestOf(scores.Slice(i * options.NumClasses, options.NumClasses));
            if (label >= 0)
            {
                Add(found, decoder, decoder.Decode(boxes.Slice(i * options.NumCoords, options.NumCoords), anchor), label, score);
            }
        }

        return Outcome.Ok;
    }

    private Outcome ReadDecoded(ValueVector vector, List<Detection> found)
    {
        Outcome read = TensorFloats.Read(vector[0], "boxes", out long[] shape, out ReadOnlySpan<float> boxes);
        if (!read.IsOk)
        {
            return read;
        }

        if (shape.Length != 3 || shape[0] != 1 || shape[2] != options.NumCoords)
        {
            return WrongShape("boxes", shape, $"[1,N,{options.NumCoords}]");
        }

        read = Read(vector, 1, "classes", [1, shape[1]], out ReadOnlySpan<float> classes);
        if (!read.IsOk)
        {
            return read;
        }

        read = Read(vector, 2, "scores", [1, shape[1]], out ReadOnlySpan<float> scores);
        if (!read.IsOk)
        {
            return read;
        }

        read = Read(vector, 3, "number of boxes", [1], out ReadOnlySpan<float> number);
        if (!read.IsOk)
        {
            return read;
        }

        if (!(number[0] >= 0 && number[0] <= shape[1]))
        {
            return Fail($"the number of boxes is {number[0]}; expected 0 to {shape[1]}, the boxes of the first tensor");
        }

        BoxDecoder decoder = new(options);
        for (int i = 0; i < (int)number[0]; i++)
        {
            Add(found, decoder, boxes.Slice(i * options.NumCoords, options.NumCoords), (int)classes[i], scores[i]);
        }

        return Outcome.Ok;
    }

    private void Add(List<Detection> found, BoxDecoder decoder, ReadOnlySpan<float> numbers, int label, float score)
    {
        if (!(options.MinScoreThresh is { } least && score < least) && decoder.DetectionOf(numbers, label, score) is { } detection)
        {
            found.Add(detection);
        }
    }

    private static Anchor AnchorOf(ReadOnlySpan<float> row) => new() { YCenter = row[0], XCenter = row[1], H = row[2], W = row[3] };

    private static Outcome Read(ValueVector vector, int index, string what, long[] expected, out ReadOnlySpan<float> values)
    {
        Outcome read = TensorFloats.Read(vector[index], what, out long[] shape, out values);
        return !read.IsOk || shape.AsSpan().SequenceEqual(expected) ? read : WrongShape(what, shape, TensorFloats.Text(expected));
    }

    private static Outcome WrongShape(string what, long[] shape, string expected) =>
        Fail($"the tensor of {what} has the shape {TensorFloats.Text(shape)}; its options expect {expected}");

    private static Outcome Fail(string why) => Outcome.Fail(StatusCode.GraphExecutionError, why);
}
