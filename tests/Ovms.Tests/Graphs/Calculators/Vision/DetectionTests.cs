using Ovms.Graphs.Calculators.OpenVino;
using Ovms.Graphs.Calculators.Vision;
using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Tests.Graphs.Calculators.Vision;

/// <summary>From pixels and tensors to detections.</summary>
public sealed class DetectionTests
{
    private static readonly TensorsToDetectionsOptions s_two = new() { NumClasses = 3, NumBoxes = 2, NumCoords = 4, XScale = 10, YScale = 10, WScale = 5, HScale = 5 };

    private static readonly Anchor[] s_anchors =
        [new Anchor { XCenter = 0.5f, YCenter = 0.25f, W = 1, H = 0.5f }, new Anchor { XCenter = 0.2f, YCenter = 0.6f, W = 0.4f, H = 0.8f }];

    [Test]
    [Arguments(false, false, true, "-1,1")]
    [Arguments(false, false, false, "0,1")]
    [Arguments(true, false, true, "3,5")]
    [Arguments(true, true, true, "-2,3")]
    public async Task Converter_NormalisesIntoARange(bool hasRange, bool isCustom, bool zeroCenter, string expected)
    {
        OpenVinoConverterOptions options = new()
        {
            EnableNormalization = true,
            ZeroCenter = zeroCenter,
            OutputTensorFloatRange = hasRange ? new TensorFloatRange { Min = 3, Max = 5 } : null,
            UseCustomNormalization = isCustom,
            CustomSub = 2,
            CustomDiv = 51,
        };
        VisionGraph.Numbers tensor = await ConvertAsync(options, VisionGraph.ImageOf(1, 2, 1, 0, 255));
        await Assert.That((tensor.Datatype, string.Join(',', tensor.Shape))).IsEqualTo(("FP32", "1,1,2,1"));
        await Assert.That(string.Join(',', tensor.Floats)).IsEqualTo(expected);
    }

    [Test]
    public async Task Converter_DropsChannels_FlipsAndKeepsTypes()
    {
        OpenVinoConverterOptions options = new() { EnableNormalization = true, ZeroCenter = false, FlipVertically = true };
        VisionGraph.Numbers tensor = await ConvertAsync(options, VisionGraph.ImageOf(2, 1, 4, 0, 0, 0, 9, 255, 255, 255, 9));
        await Assert.That(string.Join(',', tensor.Shape) + " " + string.Join(',', tensor.Floats)).IsEqualTo("1,2,1,3 1,1,1,0,0,0");
        tensor = await ConvertAsync(new OpenVinoConverterOptions(), VisionGraph.ImageOf("UINT16", 1, 1, 3, 1, 0, 2, 0, 3, 0));
        await Assert.That((tensor.Datatype, string.Join(',', tensor.Bytes))).IsEqualTo(("UINT16", "1,0,2,0,3,0"));
        (Outcome outcome, _) = await VisionGraph.RunAsync(
            "OpenVINOConverterCalculator", "IMAGE:i", "TENSORS:o", options, [VisionGraph.ImageOf("UINT16", 1, 1, 1, 1, 0)]);
        await Assert.That(outcome.Detail).Contains("cannot normalise an image of 1 x 1 pixels, 1 channels of U16");
    }

    [Test]
    public async Task Anchors_OfThePublicDetector()
    {
        SsdAnchorsOptions options = new()
        {
            InputSizeHeight = 320,
            InputSizeWidth = 320,
            NumLayers = 6,
            MinScale = 0.2f,
            MaxScale = 0.95f,
            Strides = [16, 32, 64, 128, 256, 512],
            AspectRatios = [1, 2, 0.5f, 3, 0.3333f],
            ReduceBoxesInLowestLayer = true,
        };
        Anchor[] anchors = AnchorGrid.Make(options).Value!;
        await Assert.That(anchors.Length).IsEqualTo((400 * 3) + ((100 + 25 + 9 + 4 + 1) * 6));
        await Assert.That(Text(anchors[0])).IsEqualTo("0.025 0.025 0.100 0.100");
        await Assert.That(Text(anchors[1])).IsEqualTo("0.025 0.025 0.283 0.141");
        await Assert.That(Text(anchors[^1])).IsEqualTo("0.500 0.500 0.975 0.975");
        Anchor[] level = AnchorGrid.Make(options with { MultiscaleAnchorGeneration = true, MinLevel = 4, MaxLevel = 4, Strides = [16], AspectRatios = [1] }).Value!;
        await Assert.That((level.Length, Text(level[0]), Text(level[1]))).IsEqualTo((800, "0.025 0.025 0.200 0.200", "0.025 0.025 0.283 0.283"));
        Anchor[] merged = AnchorGrid.Make(options with { NumLayers = 2, Strides = [160, 160], ReduceBoxesInLowestLayer = false, AspectRatios = [1] }).Value!;
        await Assert.That((merged.Length, Text(merged[2]))).IsEqualTo((16, "0.250 0.250 0.950 0.950"));
        await Assert.That(AnchorGrid.Make(options with { NumLayers = 5 }).Detail).IsEqualTo("it has 6 strides for 5 layers; expected one for each");
        await Assert.That(AnchorGrid.Make(options with { Strides = [1, 1, 1, 1, 1, 1], InputSizeHeight = 9999, InputSizeWidth = 9999 }).Detail).Contains("more than 1048576 anchors");
    }

    [Test]
    public async Task Tensors_AreDecodedWithAnchors()
    {
        TensorPacket[] tensors =
        [
            VisionGraph.TensorOf([1, 2, 4], 2, 1, 5, 2.5f, 0, 0, -5, 5),
            VisionGraph.TensorOf([1, 2, 3], 0.1f, 0.9f, 0.3f, 1, 0, 0),
        ];

        // The second box has a negative height.
        await Assert.That(await DecodeAsync(s_two, tensors, s_anchors)).IsEqualTo("1 0.90 at 0.350,0.100 0.500x0.500");
        tensors[0] = VisionGraph.TensorOf([1, 2, 4], 2, 1, 5, 2.5f, 0, 0, 0, 0);
        await Assert.That(await DecodeAsync(s_two with { ApplyExponentialOnBoxSize = true, IgnoreClasses = [1] }, tensors, s_anchors))
            .IsEqualTo("2 0.30 at -0.224,-0.330 1.649x1.359; 0 1.00 at 0.000,0.200 0.400x0.800");
        TensorPacket swapped = VisionGraph.TensorOf([1, 2, 4], 1, 2, 2.5f, 5, 0, 0, 0, 0);
        await Assert.That(await DecodeAsync(s_two with { ReverseOutputOrder = true, MinScoreThresh = 0.95f, FlipVertically = true }, [swapped, tensors[1]], s_anchors))
            .IsEqualTo("0 1.00 at 0.200,0.400 0.000x0.000");
        await Assert.That(await DecodeAsync(s_two with { SigmoidScore = true, ScoreClippingThresh = 0.5f }, [swapped, tensors[1]], s_anchors)).Contains("0 0.62 at");
        TensorPacket rows = VisionGraph.TensorOf([2, 4], 0.25f, 0.5f, 0.5f, 1, 0.6f, 0.2f, 0.8f, 0.4f);
        await Assert.That(await DecodeAsync(s_two, [VisionGraph.TensorOf([1, 2, 4], 2, 1, 5, 2.5f, 0, 0, -5, 5), tensors[1], rows], null)).IsEqualTo("1 0.90 at 0.350,0.100 0.500x0.500");
    }

    [Test]
    public async Task DecodedTensors_AreTakenAsTheyAre()
    {
        TensorsToDetectionsOptions options = s_two with { NumCoords = 6, NumKeypoints = 1, KeypointCoordOffset = 4 };
        TensorPacket[] tensors =
        [
            VisionGraph.TensorOf([1, 3, 6], 0.1f, 0.2f, 0.5f, 0.8f, 0.3f, 0.4f, 0, 0, 1, 1, 0, 0, 9, 9, 9, 9, 9, 9), VisionGraph.TensorOf([1, 3], 2, 7, 9),
            VisionGraph.TensorOf([1, 3], 0.5f, 0.25f, 9), VisionGraph.TensorOf([1], 2),
        ];
        await Assert.That(await DecodeAsync(options, tensors, null)).IsEqualTo("2 0.50 at 0.200,0.100 0.600x0.400 (0.300,0.400); 7 0.25 at 0.000,0.000 1.000x1.000 (0.000,0.000)");
        tensors[3] = VisionGraph.TensorOf([1], 4);
        await Assert.That(await DecodeAsync(options, tensors, null)).Contains("the number of boxes is 4; expected 0 to 3");
    }

    [Test]
    public async Task WrongTensors_AreNamedWithTheirNode()
    {
        TensorPacket boxes = VisionGraph.TensorOf([1, 2, 4], new float[8]);
        TensorPacket scores = VisionGraph.TensorOf([1, 2, 3], new float[6]);
        (TensorPacket[] Tensors, Anchor[]? Anchors, string Fault)[] faults =
        [
            ([boxes], s_anchors, "TENSORS is vector of 1; expected a vector of 2, 3 or 4 tensors"),
            ([scores, scores], s_anchors, "the tensor of boxes has the shape [1,2,3]; its options expect [1,2,4]"),
            ([boxes, boxes], s_anchors, "the tensor of scores has the shape [1,2,4]; its options expect [1,2,3]"),
            ([boxes, scores, boxes], s_anchors, "the tensor of anchors has the shape [1,2,4]; its options expect [2,4]"),
            ([boxes, scores], null, "it has no anchors"),
            ([boxes, scores], [s_anchors[0]], "ANCHORS has 1 anchors; num_boxes expects 2"),
            ([boxes, new TensorPacket(TensorValue.Of(VisionGraph.InputOf("FP16", [1, 2, 3], new byte[12])), null)], s_anchors, "scores is a tensor of FP16; expected: FP32"),
            ([boxes, scores, boxes, scores], null, "the tensor of classes has the shape [1,2,3]; its options expect [1,2]"),
        ];
        foreach ((TensorPacket[] tensors, Anchor[]? anchors, string fault) in faults)
        {
            await Assert.That(await DecodeAsync(s_two, tensors, anchors)).Contains("node \"n\"").And.Contains(fault);
        }

        await Assert.That(await DecodeAsync(s_two with { HScale = 0 }, [boxes, scores], s_anchors)).Contains("none of them 0");
    }

    [Test]
    [Arguments(5, 0, 0, "num_coords is 5; expected 4")]
    [Arguments(6, 1, 5, "keypoint_coord_offset is 5; expected 0 to 4")]
    public async Task WrongOptions_AreRefusedAtLoad(int coords, int points, int offset, string fault)
    {
        TensorsToDetectionsOptions options = s_two with { NumCoords = coords, NumKeypoints = points, KeypointCoordOffset = offset };
        Outcome<BoundCalculator> bound = VisionGraph.Bind("OpenVINOTensorsToDetectionsCalculator", "TENSORS:t", "DETECTIONS:d", options);
        await Assert.That(bound.Detail).Contains(fault);
    }

    private static async Task<VisionGraph.Numbers> ConvertAsync(OpenVinoConverterOptions options, ImagePacket image)
    {
        (Outcome outcome, object?[] values) = await VisionGraph.RunAsync("OpenVINOConverterCalculator", "IMAGE:i", "TENSORS:o", options, [image]);
        await Assert.That(outcome.Text).IsEqualTo("OK");
        return (VisionGraph.Numbers)((object?[])values[0]!).Single()!;
    }

    private static async Task<string?> DecodeAsync(TensorsToDetectionsOptions options, TensorPacket[] tensors, Anchor[]? anchors)
    {
        foreach (TensorPacket tensor in tensors)
        {
            tensor.Retain();
        }

        (Outcome outcome, object?[] values) = await VisionGraph.RunAsync(
            "OpenVINOTensorsToDetectionsCalculator",
            "TENSORS:t",
            "DETECTIONS:d",
            options,
            [new ValueVector([.. tensors])],
            anchors is null ? "" : "ANCHORS:a",
            anchors is null ? [] : [anchors]);
        return outcome.IsOk ? string.Join("; ", ((Detection[])values[0]!).Select(Text)) : outcome.Detail;
    }

    private static string Text(Anchor anchor) => FormattableString.Invariant($"{anchor.XCenter:0.000} {anchor.YCenter:0.000} {anchor.W:0.000} {anchor.H:0.000}");

    private static string Text(Detection found) =>
        FormattableString.Invariant($"{found.LabelId} {found.Score:0.00} at {found.Box.Left:0.000},{found.Box.Top:0.000} {found.Box.Width:0.000}x{found.Box.Height:0.000}")
        + string.Concat(found.Keypoints.Select(static point => FormattableString.Invariant($" ({point.X:0.000},{point.Y:0.000})")));
}
