using Ovms.Native;
using Ovms.Pipelines.BuiltIn;
using Ovms.Pipelines.Libraries;
using Ovms.Pipelines.Tensors;
using Ovms.Status;

namespace Ovms.Tests.Pipelines;

/// <summary>The nodes that the server has itself, on images made by hand.</summary>
public sealed class BuiltInNodeTests
{
    private static readonly string[] s_sizes =
        ["original_image_width", "8", "original_image_height", "4", "target_image_width", "2", "target_image_height", "2", "confidence_threshold", "0.5"];

    [Test]
    public async Task ImageTransformation_ChangesLayoutColoursSizeAndScale()
    {
        // One column blue, one green, in BGR, pixel by pixel.
        float[] image = [100, 0, 0, 0, 200, 0, 100, 0, 0, 0, 200, 0];
        NodeTensor[] outputs = Compute("image_transformation", ["original_image_layout", "HWC", "target_image_layout", "CHW", "original_image_color_order", "BGR", "target_image_color_order", "RGB", "mean_values", "[1,0,0]", "scale", "2"], ["image"], ("image", [1, 2, 2, 3], image));
        await Assert.That(outputs[0].Shape).IsEquivalentTo([1L, 3, 2, 2]);
        await Assert.That(outputs[0].As<float>().ToArray()).IsEquivalentTo([-0.5f, -0.5f, -0.5f, -0.5f, 0, 100, 0, 100, 50, 0, 50, 0]);

        outputs = Compute("image_transformation", ["original_image_layout", "HWC", "target_image_color_order", "GRAY", "target_image_width", "1", "target_image_height", "1"], ["image"], ("image", [1, 2, 2, 3], image));
        await Assert.That(outputs[0].Shape).IsEquivalentTo([1L, 1, 1, 1]);
        await Assert.That(Math.Abs(outputs[0].As<float>()[0] - (((100 * 0.114) + (200 * 0.587)) / 2))).IsLessThan(0.01);
    }

    [Test]
    public async Task Resize_EndsWhenItsCallerGivesUp()
    {
        Picture picture = Picture.Blank(2, 2, 3);
        await Assert.That(() => picture.Resize(4, 4, new CancellationToken(canceled: true))).Throws<OperationCanceledException>();
    }

    [Test]
    public async Task ObjectDetection_CutsWhatIsSureAndOfTheLabel()
    {
        float[] detections =
        [
            0, 1, 0.9f, 0, 0, 0.5f, 0.5f,
            0, 1, 0.4f, 0, 0, 1, 1,
            0, 2, 0.8f, 0, 0, 1, 1,
            0, 1, 0.7f, 0.5f, 0.5f, 1.5f, 1.5f,
            1, 1, 0.9f, 0, 0, 1, 1,
        ];
        NodeTensor[] outputs = Compute("model_zoo_intel_object_detection", [.. s_sizes, "filter_label_id", "1"], ["images", "coordinates", "confidences", "label_ids"], Quarters(), ("detection", [1, 1, 5, 7], detections));
        await Assert.That(outputs[0].Shape).IsEquivalentTo([2L, 1, 3, 2, 2]);
        await Assert.That(outputs[0].As<float>()[..12].ToArray()).IsEquivalentTo(Enumerable.Repeat(1f, 12));
        await Assert.That(outputs[0].As<float>()[12..].ToArray()).IsEquivalentTo(Enumerable.Repeat(4f, 12));
        await Assert.That(outputs[1].As<float>()[..4].ToArray()).IsEquivalentTo([0f, 0, 0.5f, 0.5f]);
        await Assert.That(outputs[2].As<float>().ToArray()).IsEquivalentTo([0.9f, 0.7f]);
        await Assert.That(outputs[3].As<int>().ToArray()).IsEquivalentTo([1, 1]);
    }

    [Test]
    public async Task ObjectDetection_OfNothing_GivesNoParts()
    {
        NodeTensor[] outputs = Compute("model_zoo_intel_object_detection", s_sizes, ["images", "label_ids"], Quarters(), ("detection", [1, 1, 1, 7], new float[7]));
        await Assert.That(outputs[0].Shape).IsEquivalentTo([0L, 1, 3, 2, 2]);
        await Assert.That(outputs[1].Shape).IsEquivalentTo([0L, 1, 1]);
    }

    [Test]
    public async Task HorizontalText_CutsBoxesOfPixels()
    {
        NodeTensor[] outputs = Compute("horizontal_ocr", [.. s_sizes, "convert_to_gray_scale", "true", "target_image_layout", "NHWC"], ["text_images", "text_coordinates", "confidence_levels"], Quarters(), ("boxes", [3, 5], [4, 0, 8, 2, 0.9f, 0, 0, 8, 4, 0.1f, 0, 2, 4, 4, 0.6f]));
        await Assert.That(outputs[0].Shape).IsEquivalentTo([2L, 1, 2, 2, 1]);
        await Assert.That(outputs[0].As<float>().ToArray().Select(static value => MathF.Round(value, 3))).IsEquivalentTo([2f, 2, 2, 2, 3, 3, 3, 3]);
        await Assert.That(outputs[1].As<int>().ToArray()).IsEquivalentTo([4, 0, 4, 2, 0, 2, 4, 2]);
        await Assert.That(outputs[2].As<float>().ToArray()).IsEquivalentTo([0.9f, 0.6f]);
    }

    [Test]
    public async Task EmptyBox_IsTheNodesError()
    {
        Outcome<NodeTensor[]> outputs = Run("horizontal_ocr", s_sizes, ["text_images"], Quarters(), ("boxes", [1, 5], [4, 0, 4, 2, 0.9f]));
        await Assert.That(outputs.Code).IsEqualTo(StatusCode.NodeLibraryExecutionFailed);
        await Assert.That(outputs.Detail!).Contains("so that it is empty");
    }

    [Test]
    public async Task EastText_KeepsTheBestOfBoxesThatOverlap()
    {
        // Two cells; the boxes of both cover the left half of the image.
        float[] scores = [0.6f, 0.9f];
        float[] geometry = [0, 4, 4, 0, 0, 0, 0, 4, 4, 0];
        NodeTensor[] outputs = Compute("east_ocr", s_sizes, ["text_images", "text_coordinates", "confidence_levels"], Quarters(), ("scores", [1, 1, 2, 1], scores), ("geometry", [1, 1, 2, 5], geometry));
        await Assert.That(outputs[1].As<int>().ToArray()).IsEquivalentTo([0, 0, 4, 4]);
        await Assert.That(outputs[2].As<float>().ToArray()).IsEquivalentTo([0.9f]);
        await Assert.That(outputs[0].As<float>()[..4].ToArray()).IsEquivalentTo([1f, 1, 3, 3]);
    }

    [Test]
    public async Task EastText_TurnsTextThatIsSlanted()
    {
        // Text of 4 x 2 pixels that goes upwards: its box is 2 wide and 4 high, and is turned by a quarter.
        float[] scores = [0.9f, 0];
        float[] geometry = [1.5f, 2.5f, 1.5f, 2.5f, MathF.PI / 2, 0, 0, 0, 0, 0];
        string[] options = [.. s_sizes, "rotation_angle_threshold", "10"];
        NodeTensor[] outputs = Compute("east_ocr", options, ["text_images", "text_coordinates"], Quarters(), ("scores", [1, 1, 2, 1], scores), ("geometry", [1, 1, 2, 5], geometry));
        await Assert.That(outputs[1].As<int>()[..2].ToArray()).IsEquivalentTo([0, 0]);
        await Assert.That(outputs[0].Shape).IsEquivalentTo([1L, 1, 3, 2, 2]);
    }

    [Test]
    public async Task FaceBlur_BlursTheBoxAndNothingElse()
    {
        float[] image = new float[4 * 8 * 3];
        image[(1 * 8) + 1] = 90;
        float[] detections = new float[200 * 7];
        ((float[])[0, 1, 0.9f, 0, 0, 0.5f, 1]).CopyTo(detections, 0);
        string[] options = ["original_image_width", "8", "original_image_height", "4", "target_image_width", "8", "target_image_height", "4", "confidence_threshold", "0.5", "gaussian_blur_kernel_size", "3"];
        NodeTensor output = Compute("face_blur", options, ["image"], ("image", [1, 3, 4, 8], image), ("detection", [1, 1, 200, 7], detections))[0];
        float[] blurred = output.As<float>()[..32].ToArray();
        await Assert.That(blurred[(1 * 8) + 1]).IsLessThan(30f);
        await Assert.That(blurred[(1 * 8) + 2]).IsGreaterThan(5f);
        await Assert.That(blurred[(1 * 8) + 4]).IsEqualTo(0f);

        // Beyond the edge the image is mirrored without the edge itself: what the bell puts there comes back.
        await Assert.That(Math.Abs(blurred.Sum() - 90)).IsLessThan(60f);
        await Assert.That(output.As<float>()[32..].ToArray().Sum()).IsEqualTo(0f);
    }

    [Test]
    [Arguments("image_transformation", "", "original_image_layout: it must be given")]
    [Arguments("image_transformation", "original_image_layout=NCHW", "'NCHW' is not one of: CHW, HWC")]
    [Arguments("image_transformation", "original_image_layout=HWC scale_values=1,2", "3 numbers are expected")]
    [Arguments("image_transformation", "original_image_layout=HWC scale=0", "0 is not a scale")]
    [Arguments("horizontal_ocr", "original_image_height=1", "must be given")]
    [Arguments("face_blur", "original_image_height=1 original_image_width=1 target_image_height=1 target_image_width=1 confidence_threshold=1 gaussian_blur_kernel_size=4", "4 is not odd")]
    [Arguments("east_ocr", "original_image_height=6 original_image_width=8 target_image_height=1 target_image_width=1 confidence_threshold=1", "multiples of 4")]
    [Arguments("east_ocr", "original_image_height=8 original_image_width=8 target_image_height=1 target_image_width=1 confidence_threshold=2", "'2' is not a number from 0 to 1")]
    public async Task WrongParameter_IsNamed(string node, string parameters, string text)
    {
        Outcome<NodeInstance> opened = Library(node).Open([.. parameters.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static one => KeyValuePair.Create(one.Split('=')[0], one.Split('=')[1]))]);
        await Assert.That(opened.Code).IsEqualTo(StatusCode.NodeLibraryInitializeFailed);
        await Assert.That(opened.Detail!).Contains(text);
    }

    [Test]
    public async Task OtherNames_AreNoBuiltInNodes()
    {
        await Assert.That(BuiltInNodes.Find("x", "/ovms/lib/custom_nodes/libcustom_node_add_one.so")).IsNull();
        await Assert.That(BuiltInNodes.Find("x", "/any/face_blur")).IsNull();
        await Assert.That(BuiltInNodes.FileNames.Count()).IsEqualTo(5);
    }

    // 4 x 8 pixels, NCHW: the quarters have the values 1, 2, 3 and 4 in all channels.
    private static (string, long[], float[]) Quarters()
    {
        float[] plane = [.. Enumerable.Range(0, 32).Select(static i => (float)(1 + (i % 8 / 4) + (i / 16 * 2)))];
        return ("image", [1, 3, 4, 8], [.. plane, .. plane, .. plane]);
    }

    private static NodeLibrary Library(string node) => BuiltInNodes.Find("lib", $"/ovms/lib/custom_nodes/libcustom_node_{node}.so")!;

    private static NodeTensor[] Compute(string node, string[] parameters, string[] wanted, params (string Name, long[] Shape, float[] Values)[] inputs)
    {
        Outcome<NodeTensor[]> outputs = Run(node, parameters, wanted, inputs);
        return outputs.IsOk ? outputs.Value : throw new InvalidOperationException(outputs.Text);
    }

    private static Outcome<NodeTensor[]> Run(string node, string[] parameters, string[] wanted, params (string Name, long[] Shape, float[] Values)[] inputs)
    {
        NodeInstance instance = Library(node).Open([.. parameters.Chunk(2).Select(static pair => KeyValuePair.Create(pair[0], pair[1]))]) switch
        {
            { IsOk: true } opened => opened.Value,
            var failed => throw new InvalidOperationException(failed.Text),
        };
        NamedTensor[] tensors =
        [
            .. inputs.Select(static input =>
            {
                NodeTensor tensor = NodeTensor.Allocate(ElementType.F32, input.Shape);
                input.Values.CopyTo(tensor.Fill<float>());
                return new NamedTensor(input.Name, tensor);
            }),
        ];
        return instance.Execute(tensors, wanted, CancellationToken.None);
    }
}
