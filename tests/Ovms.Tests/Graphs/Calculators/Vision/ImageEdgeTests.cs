using Ovms.Graphs.Calculators.Vision;
using Ovms.Native;
using Ovms.Status;

namespace Ovms.Tests.Graphs.Calculators.Vision;

/// <summary>What a request may send to an IMAGE stream.</summary>
public sealed class ImageEdgeTests
{
    [Test]
    [Arguments("UINT8", 1, 1)]
    [Arguments("UINT8", 3, 3)]
    [Arguments("INT8", 4, 4)]
    [Arguments("UINT16", 1, 2)]
    [Arguments("INT16", 3, 6)]
    [Arguments("FP16", 4, 8)]
    [Arguments("FP32", 1, 4)]
    [Arguments("FP32", 2, 8)]
    [Arguments("FP32", 4, 16)]
    public async Task ImagesOfTheOriginalsFormats_AreTaken(string datatype, int channels, int pixelBytes)
    {
        await Assert.That(Check(datatype, [2, 3, channels], 6 * pixelBytes)).IsEqualTo("OK");
        await Assert.That(Check(datatype, [2, 3, channels], (6 * pixelBytes) - 1)).StartsWith(
            $"Invalid content size of tensor proto - Invalid Mediapipe Image input buffer size. Actual: {(6 * pixelBytes) - 1}; Expected: {6 * pixelBytes}");
        await Assert.That(ImageEdge.FormOf(VisionGraph.InputOf(datatype, [2, 3, channels], [])).PixelBytes).IsEqualTo(pixelBytes);
    }

    [Test]
    [Arguments("UINT8", 2)]
    [Arguments("FP32", 3)]
    [Arguments("FP64", 1)]
    [Arguments("BYTES", 1)]
    [Arguments("INT32", 3)]
    public async Task OtherTypesAndChannels_AreRefused(string datatype, int channels) =>
        await Assert.That(Check(datatype, [1, 1, channels], 64)).Contains("Invalid KFS request datatype, conversion to Mediapipe ImageFrame format failed.").And.Contains(datatype);

    [Test]
    [Arguments(new long[] { 1, 2, 3, 3 }, "Invalid Mediapipe Image input shape size. Expected: 3; Actual: 4")]
    [Arguments(new long[] { 0, 2, 3 }, "Invalid Mediapipe Image input height. Expected greater than 0; Actual: 0; Expected layout - HWC.")]
    [Arguments(new long[] { 2, -1, 3 }, "Invalid Mediapipe Image input width. Expected greater than 0; Actual: -1; Expected layout - HWC.")]
    [Arguments(new long[] { 2, 2, 0 }, "Invalid Mediapipe Image input number of channels. Expected greater than 0; Actual: 0; Expected layout - HWC.")]
    [Arguments(new long[] { long.MaxValue, long.MaxValue, 3 }, "Invalid Mediapipe Image input buffer size. Actual: 12; Expected: ")]
    [Arguments(new long[] { 1, 1L << 62, 4 }, "Invalid Mediapipe Image input buffer size. Actual: 12; Expected: 18446744073709551616")]
    public async Task WrongShapes_AreNamed(long[] shape, string expected) => await Assert.That(Check("UINT8", shape, 12)).Contains(expected);

    [Test]
    public async Task Image_IsATensorOfItsOwnShape()
    {
        ImageForm form = new(2, 3, 4, ElementType.U16);
        await Assert.That((form.Bytes, form.ToString())).IsEqualTo((48L, "3 x 2 pixels, 4 channels of U16"));
        await Assert.That(VisionGraph.ImageOf(1, 2, 3, 1, 2, 3, 4, 5, 6).ToTensor().Shape.SequenceEqual([1L, 2, 3])).IsTrue();
    }

    private static string Check(string datatype, long[] shape, int bytes)
    {
        Outcome outcome = ImageEdge.Check(VisionGraph.InputOf(datatype, shape, new byte[bytes]));
        return outcome.Text;
    }
}
