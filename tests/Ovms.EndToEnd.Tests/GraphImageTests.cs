using System.Text.Json;
using Grpc.Core;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>Graphs that images enter and leave, and the whole chain of an object detector.</summary>
public sealed class GraphImageTests
{
    private const int Size = 8;
    private const int Boxes = 16;
    private const int Classes = 3;
    private const int Height = 40;
    private const int Width = 64;

    private const string Pass = """
        input_stream: "IMAGE:in"
        output_stream: "IMAGE:out"
        node { calculator: "ImageTransformationCalculator" input_stream: "IMAGE:in" output_stream: "IMAGE:out"
          node_options: { [type.googleapis.com/mediapipe.ImageTransformationCalculatorOptions] { rotation_mode: ROTATION_180 } } }
        """;

    private const string Chain = """
        input_stream: "IMAGE:in"
        output_stream: "IMAGE:out"
        max_queue_size: 1
        node { calculator: "ImageTransformationCalculator" input_stream: "IMAGE:in" output_stream: "IMAGE:small"
          node_options: { [type.googleapis.com/mediapipe.ImageTransformationCalculatorOptions] { output_width: 8 output_height: 8 } } }
        node { calculator: "OpenVINOConverterCalculator" input_stream: "IMAGE:small" output_stream: "TENSORS:tensors"
          node_options: { [type.googleapis.com/mediapipe.OpenVINOConverterCalculatorOptions] {
            enable_normalization: true output_tensor_float_range { min: -1.0 max: 1.0 } max_num_channels: 3 } } }
        node { calculator: "OpenVINOModelServerSessionCalculator" output_side_packet: "SESSION:session"
          node_options: { [type.googleapis.com/mediapipe.OpenVINOModelServerSessionCalculatorOptions] { servable_name: "detector" } } }
        node { calculator: "OpenVINOInferenceCalculator" input_side_packet: "SESSION:session"
          input_stream: "OVTENSORS:tensors" output_stream: "OVTENSORS2:found"
          node_options: { [type.googleapis.com/mediapipe.OpenVINOInferenceCalculatorOptions] {
            input_order_list: ["image"] output_order_list: ["boxes", "scores"] } } }
        node { calculator: "SsdAnchorsCalculator" output_side_packet: "anchors"
          node_options: { [type.googleapis.com/mediapipe.SsdAnchorsCalculatorOptions] {
            num_layers: 1 min_scale: 0.2 max_scale: 0.6 input_size_height: 8 input_size_width: 8 strides: 4 aspect_ratios: [1.0, 2.0, 0.5] } } }
        node { calculator: "OpenVINOTensorsToDetectionsCalculator" input_stream: "TENSORS:found" input_side_packet: "ANCHORS:anchors"
          output_stream: "DETECTIONS:detections"
          node_options: { [type.googleapis.com/mediapipe.OpenVINOTensorsToDetectionsCalculatorOptions] {
            num_classes: 3 num_boxes: 16 num_coords: 4 ignore_classes: 0 sigmoid_score: true apply_exponential_on_box_size: true
            x_scale: 10.0 y_scale: 10.0 h_scale: 5.0 w_scale: 5.0 } } }
        node { calculator: "NonMaxSuppressionCalculator" input_stream: "detections" output_stream: "kept"
          node_options: { [type.googleapis.com/mediapipe.NonMaxSuppressionCalculatorOptions] {
            min_suppression_threshold: 0.4 max_num_detections: 3 overlap_type: INTERSECTION_OVER_UNION return_empty_detections: true } } }
        node { calculator: "DetectionLabelIdToTextCalculator" input_stream: "kept" output_stream: "named"
          node_options: { [type.googleapis.com/mediapipe.DetectionLabelIdToTextCalculatorOptions] { label_map_path: "labels.txt" } } }
        node { calculator: "DetectionsToRenderDataCalculator" input_stream: "DETECTIONS:named" output_stream: "RENDER_DATA:drawn"
          node_options: { [type.googleapis.com/mediapipe.DetectionsToRenderDataCalculatorOptions] { thickness: 1.0 color { r: 255 g: 0 b: 1 } } } }
        node { calculator: "AnnotationOverlayCalculator" input_stream: "IMAGE:in" input_stream: "drawn" output_stream: "IMAGE:out" }
        """;

    [Test]
    public async Task Images_EnterAndLeaveOverBothApis_InEachType()
    {
        using ConfigFolder folder = Folder(Pass);
        await using OvmsServer server = await folder.StartAsync("Ready after");
        (string Sent, string Came, int Channels, int Bytes)[] types =
            [("UINT8", "UINT8", 3, 3), ("INT8", "UINT8", 1, 1), ("UINT16", "UINT16", 4, 8), ("FP16", "UINT16", 3, 6), ("FP32", "FP32", 2, 8)];
        foreach ((string sent, string came, int channels, int bytes) in types)
        {
            byte[] pixels = [.. Enumerable.Range(0, 2 * bytes).Select(static i => (byte)i)];
            ModelInferResponse answer = await server.Client.ModelInferAsync(Requests.For("g").WithBytes("in", sent, [1, 2, channels], pixels));
            await Assert.That($"{answer.Outputs[0].Name} {answer.Outputs[0].Datatype} {string.Join(',', answer.Outputs[0].Shape)}").IsEqualTo($"out {came} 1,2,{channels}");
            await Assert.That(answer.RawOutputContents[0].ToByteArray().SequenceEqual((byte[])[.. pixels[bytes..], .. pixels[..bytes]])).IsTrue();
        }

        StringContent body = new("""{"inputs": [{"name": "in", "datatype": "UINT8", "shape": [2, 1, 1], "data": [3, 4]}]}""");
        using HttpResponseMessage reply = await server.Http.PostAsync("/v2/models/g/infer", body);
        JsonElement output = JsonDocument.Parse(await reply.Content.ReadAsStringAsync()).RootElement.GetProperty("outputs")[0];
        await Assert.That(output.GetProperty("data").ToString().Replace(" ", "", StringComparison.Ordinal)).IsEqualTo("[4,3]");

        RpcException refused = (await Assert.That(async () => await server.Client.ModelInferAsync(Requests.For("g").WithBytes("in", "UINT8", [1, 2, 3], new byte[5]))).Throws<RpcException>())!;
        await Assert.That(refused.StatusCode).IsEqualTo(StatusCode.InvalidArgument);
        await Assert.That(refused.Status.Detail).Contains("Invalid Mediapipe Image input buffer size. Actual: 5; Expected: 6");
    }

    [Test]
    public async Task Detector_DrawsTheBoxesOfASlowReference()
    {
        for (int seed = 1; seed <= 3; seed++)
        {
            using DetectorModel model = new(seed, Size, Boxes, Classes);
            using ConfigFolder folder = Folder(Chain);
            folder.Write("g/labels.txt", "none\ncat\ndog\n");
            folder.Write("g/subconfig.json", $$$$"""{"model_config_list": [{"config": {"name": "detector", "base_path": "{{{{model.Path}}}}", "plugin_config": {"INFERENCE_PRECISION_HINT": "f32"}}}]}""");
            await using OvmsServer server = await folder.StartAsync("Ready after");
            byte[] pixels = new byte[Height * Width * 3];
            new Random(seed + 100).NextBytes(pixels);
            for (int i = 0; i < pixels.Length; i++)
            {
                pixels[i] = (byte)(((i / 3 % Width / 8 * 31) + (i / 3 / Width / 5 * 17) + (i % 3 * 50) + (pixels[i] / 8)) % 250);
            }

            // Several at once: nothing of one call may reach another.
            ModelInferRequest request = Requests.For("g").WithBytes("in", "UINT8", [Height, Width, 3], pixels);
            IEnumerable<Task<ModelInferResponse>> calls = Enumerable.Range(0, 8).Select(_ => server.Client.ModelInferAsync(request).ResponseAsync);
            List<(double Left, double Top, double Right, double Bottom)> expected = DetectorReference.Boxes(model, pixels, Height, Width, Size, Boxes, Classes);
            await Assert.That(expected.Count).IsGreaterThan(0);
            foreach (ModelInferResponse answer in await Task.WhenAll(calls))
            {
                await Assert.That(answer.Outputs[0].Shape.SequenceEqual([Height, Width, 3L])).IsTrue();
                await Assert.That(Differences(pixels, answer.RawOutputContents[0].ToByteArray(), expected)).IsEqualTo("");
            }
        }
    }

    [Test]
    public async Task WrongShapes_NameTheNode()
    {
        using DetectorModel model = new(1, Size, Boxes, Classes);
        using ConfigFolder folder = Folder(Chain.Replace("num_boxes: 16", "num_boxes: 15", StringComparison.Ordinal));
        folder.Write("g/labels.txt", "none\n");
        folder.Write("g/subconfig.json", $$$$"""{"model_config_list": [{"config": {"name": "detector", "base_path": "{{{{model.Path}}}}"}}]}""");
        await using OvmsServer server = await folder.StartAsync("Ready after");
        ModelInferRequest request = Requests.For("g").WithBytes("in", "UINT8", [1, 1, 3], [1, 2, 3]);
        RpcException refused = (await Assert.That(async () => await server.Client.ModelInferAsync(request)).Throws<RpcException>())!;
        await Assert.That(refused.Status.Detail).Contains("OpenVINOTensorsToDetectionsCalculator").And.Contains("the tensor of boxes has the shape [1,16,4]; its options expect [1,15,4]");
        await Assert.That(refused.StatusCode).IsEqualTo(StatusCode.InvalidArgument);

        // Calculators that are not there, and files that are not, are told at load.
        folder.Write("g/graph.pbtxt", Chain.Replace("labels.txt", "nowhere.txt", StringComparison.Ordinal));
        using HttpResponseMessage reloaded = await server.Http.PostAsync("/v1/config/reload", null);
        await Assert.That(reloaded.Headers.GetValues("Ovms-Config-Error").Single()).Contains("DetectionLabelIdToTextCalculator").And.Contains("nowhere.txt cannot be read");
        folder.Write("g/graph.pbtxt", Pass.Replace("ImageTransformationCalculator\" input", "HolisticLandmarkCpu\" input", StringComparison.Ordinal));
        using HttpResponseMessage again = await server.Http.PostAsync("/v1/config/reload", null);
        await Assert.That(again.Headers.GetValues("Ovms-Config-Error").Single()).Contains("HolisticLandmarkCpu").And.Contains("of those for images and detections, these are");
    }

    // Frames must be drawn; all else but texts, which lie in a line above their baseline, must be as it was.
    private static string Differences(byte[] before, byte[] after, List<(double Left, double Top, double Right, double Bottom)> boxes)
    {
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                int at = ((y * Width) + x) * 3;
                bool isDrawn = after[at] == 255 && after[at + 1] == 0 && after[at + 2] == 1;
                bool isSame = after.AsSpan(at, 3).SequenceEqual(before.AsSpan(at, 3));
                bool isFrame = boxes.Any(box => IsFrame(box, x, y));
                bool mayBeText = boxes.Any(box => IsText(box, x, y));
                if (isFrame ? !isDrawn : !isSame && !(mayBeText && isDrawn))
                {
                    return $"{x},{y} is {after[at]},{after[at + 1]},{after[at + 2]}; frame {isFrame}, boxes {string.Join(' ', boxes)}";
                }
            }
        }

        return "";
    }

    private static bool IsFrame((double Left, double Top, double Right, double Bottom) box, int x, int y)
    {
        (double left, double right) = (Math.Round(Math.Clamp(box.Left, 0, 1) * Width), Math.Round(Math.Clamp(box.Right, 0, 1) * Width));
        (double top, double bottom) = (Math.Round(Math.Clamp(box.Top, 0, 1) * Height), Math.Round(Math.Clamp(box.Bottom, 0, 1) * Height));
        bool isSeen = box.Right >= 0 && box.Bottom >= 0 && box.Left <= 1 && box.Top <= 1;
        return isSeen && x >= left && x <= right && y >= top && y <= bottom && (x == left || x == right || y == top || y == bottom);
    }

    private static bool IsText((double Left, double Top, double Right, double Bottom) box, int x, int y)
    {
        double line = (box.Bottom - box.Top) * 0.1 * Height;
        double baseline = Math.Min(box.Top + ((box.Bottom - box.Top) * 0.1), 1) * Height;
        return x >= (Math.Max(box.Left, 0) * Width) - 1 && y >= baseline - line - 1 && y <= baseline + (line / 2) + 1;
    }

    private static ConfigFolder Folder(string graph)
    {
        ConfigFolder folder = new("""{"model_config_list": [], "mediapipe_config_list": [{"name": "g"}]}""");
        folder.Write("g/graph.pbtxt", graph);
        return folder;
    }
}
