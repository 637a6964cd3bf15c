using Ovms.Inference.Checks;
using Ovms.Native;
using Ovms.Serving.Signatures;
using Ovms.Status;

namespace Ovms.Tests.Inference.Bytes;

/// <summary>BYTES for inputs of numbers: images by rank 4, texts by rank 2 of U8, else another datatype than the model's.</summary>
public sealed class BytesInputTests
{
    private static readonly PartialShape s_image = PartialShape.Of(2, 4, 4, 3);

    [Test]
    [Arguments("1,4,4,3", "NHWC", "Invalid number of shape dimensions - Expected number of input shape dimensions: 1; Actual: 4; input name: x")]
    [Arguments("", "NHWC", "Invalid number of shape dimensions - Expected number of input shape dimensions: 1; Actual: 0; input name: x")]
    [Arguments("3", "NHWC", "Invalid input batch size - Expected: 2; Actual: 3; input name: x")]
    [Arguments("-2", "NHWC", "Invalid input shape - Negative or zero dimension size is not acceptable: (-2); input name: x")]
    [Arguments("2", "NHWC", "Invalid number of values in tensor proto container - Expected: 2 values; Actual: 1 values; input name: x")]
    [Arguments("2", "N...HWC", "Invalid number of values in tensor proto container - Expected: 2 values; Actual: 1 values; input name: x")]
    public async Task Images_AreAsManyAsTheBatch(string shape, string layout, string text)
    {
        Signature signature = new([new TensorInfo(0, "x", ElementType.F32, s_image, layout)], []);
        long[] dimensions = [.. shape.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse)];
        await Assert.That(RequestValidator.Check(signature, Requests.Message(Requests.Raw("x", "BYTES", dimensions, [1, 0, 0, 0, 7]))).Text).IsEqualTo(text);
    }

    [Test]
    [Arguments("NCHW")]
    [Arguments("N...")]
    [Arguments("HWCN")]
    public async Task OtherLayouts_TakeNoImages(string layout)
    {
        Signature signature = new([new TensorInfo(0, "x", ElementType.F32, s_image, layout)], []);
        Outcome outcome = RequestValidator.Check(signature, Requests.Message(Requests.Raw("x", "BYTES", [2], [1, 0, 0, 0, 7])));
        await Assert.That(outcome.Text).StartsWith($"Received binary image input but resource not configured to accept NHWC layout - Expected layout: NHWC; Actual: {layout}; input name: x");
    }

    [Test]
    [Arguments(ElementType.F32, "4,4,3")]
    [Arguments(ElementType.I64, "2,4,4,3")]
    [Arguments(ElementType.Boolean, "2,4,4,3")]
    [Arguments(ElementType.F32, "2,4")]
    public async Task OtherInputs_TakeTheirDatatypeOnly(ElementType type, string shape)
    {
        Signature signature = new([new TensorInfo(0, "x", type, PartialShape.Of([.. shape.Split(',').Select(long.Parse)]), "N...")], []);
        Outcome outcome = RequestValidator.Check(signature, Requests.Message(Requests.Raw("x", "BYTES", [2], [1, 0, 0, 0, 7])));
        await Assert.That(outcome.Text).StartsWith("Invalid input precision - Expected: ");
        await Assert.That(outcome.Text).EndsWith("; Actual: BYTES; input name: x");
    }

    [Test]
    public async Task NoImages_AreRefused()
    {
        Signature signature = new([new TensorInfo(0, "x", ElementType.F32, new PartialShape(Dimension.Dynamic, Dimension.Of(4), Dimension.Of(4), Dimension.Of(3)), "NHWC")], []);
        Outcome outcome = RequestValidator.Check(signature, Requests.Message(Requests.Raw("x", "BYTES", [0], [])));
        await Assert.That(outcome.Text).IsEqualTo("bytes_contents is empty - Expected: 1 values; Actual: 0 values; input name: x");
    }
}
