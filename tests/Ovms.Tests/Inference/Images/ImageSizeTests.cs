using Ovms.Native;
using Ovms.Tests.Setup;
using SkiaSharp;
using TUnit.Assertions.Enums;

namespace Ovms.Tests.Inference.Images;

/// <summary>To which size images are brought, and with which values.</summary>
public sealed class ImageSizeTests
{
    [Test]
    [Arguments(4, 0, 200, new byte[] { 0, 50, 150, 200 })]
    [Arguments(1, 0, 200, new byte[] { 100 })]
    [Arguments(3, 10, 20, new byte[] { 10, 15, 20 })]
    [Arguments(2, 10, 20, new byte[] { 10, 20 })]
    public async Task Width_IsReachedBetweenNeighbours(int width, int first, int second, byte[] expected)
    {
        byte[] file = ImageFiles.Png(2, 1, [(byte)first, (byte)second], color: 0);
        (byte[] values, _) = await Decoded.ValuesAsync<byte>(Decoded.Fixed(1, width, 1), ElementType.U8, file);
        await Assert.That(values).IsEquivalentTo(expected, CollectionOrdering.Matching);
    }

    [Test]
    [Arguments(4, new byte[] { 0, 50, 150, 200 })]
    [Arguments(1, new byte[] { 100 })]
    public async Task Height_IsReachedBetweenNeighbours(int height, byte[] expected)
    {
        byte[] file = ImageFiles.Png(1, 2, [0, 200], color: 0);
        (byte[] values, _) = await Decoded.ValuesAsync<byte>(Decoded.Fixed(height, 1, 1), ElementType.U8, file);
        await Assert.That(values).IsEquivalentTo(expected, CollectionOrdering.Matching);
    }

    [Test]
    public async Task Shrinking_LooksAtNeighboursOnly()
    {
        // As the original does it: of eight columns two are asked for, each from the two around its middle.
        byte[] file = ImageFiles.Png(8, 1, [0, 10, 20, 30, 40, 50, 60, 70], color: 0);
        (byte[] values, _) = await Decoded.ValuesAsync<byte>(Decoded.Fixed(1, 2, 1), ElementType.U8, file);
        await Assert.That(values).IsEquivalentTo(new byte[] { 15, 55 }, CollectionOrdering.Matching);
    }

    [Test]
    public async Task EveryChannel_IsResizedForItself()
    {
        byte[] file = ImageFiles.Png(2, 2, [0, 100, 200, 100, 100, 0, 0, 100, 200, 100, 100, 0]);
        (float[] values, _) = await Decoded.ValuesAsync<float>(Decoded.Fixed(1, 1, 3), ElementType.F32, file);
        await Assert.That(values).IsEquivalentTo([100f, 100f, 50f], CollectionOrdering.Matching);
    }

    [Test]
    public async Task DeepSamples_AreResizedWithoutOverflow()
    {
        byte[] file = ImageFiles.Png(2, 2, [.. Enumerable.Repeat((byte)0xFF, 8)], color: 0, depth: 16);
        (float[] values, _) = await Decoded.ValuesAsync<float>(Decoded.Fixed(5, 3, 1), ElementType.F32, file);
        await Assert.That(values.All(static value => value == 65535f)).IsTrue().Because(string.Join(',', values));
    }

    [Test]
    public async Task OpenSizes_TakeTheFirstImagesOwn()
    {
        byte[] file = ImageFiles.Png(7, 5, ImageFiles.Pattern(7, 5));
        (_, long[] shape) = await Decoded.ValuesAsync<byte>(Decoded.Any(3), ElementType.U8, file, file);
        await Assert.That(shape).IsEquivalentTo([2L, 5, 7, 3], CollectionOrdering.Matching);
    }

    [Test]
    [Arguments(7, 5, 6, 7)]
    [Arguments(7, 20, 10, 7)]
    [Arguments(300, 8, 8, 100)]
    [Arguments(2, 8, 8, 4)]
    public async Task Ranges_AreKeptTo(int width, int height, int expectedHeight, int expectedWidth)
    {
        PartialShape shape = new(Dimension.Of(1), Dimension.Range(6, 10), Dimension.Range(4, 100), Dimension.Dynamic);
        (_, long[] actual) = await Decoded.ValuesAsync<byte>(shape, ElementType.U8, ImageFiles.Png(width, height, ImageFiles.Pattern(width, height)));
        await Assert.That(actual).IsEquivalentTo([1L, expectedHeight, expectedWidth, 3], CollectionOrdering.Matching);
    }

    [Test]
    public async Task SeveralSizes_AreForFixedModelsOnly()
    {
        byte[][] files = [ImageFiles.Png(7, 5, ImageFiles.Pattern(7, 5)), ImageFiles.Encode(SKEncodedImageFormat.Jpeg, 20, 30, ImageFiles.Pattern(20, 30))];
        (_, long[] shape) = await Decoded.ValuesAsync<byte>(Decoded.Fixed(4, 4, 3, batch: 2), ElementType.U8, files);
        await Assert.That(shape).IsEquivalentTo([2L, 4, 4, 3], CollectionOrdering.Matching);
        await Assert.That(await Decoded.RefusalAsync(Decoded.Any(3), ElementType.U8, files)).IsEqualTo(
            "Binary input images for this endpoint are required to have the same resolution - Image 2 of 2: Expected: 7 x 5 as the first; Actual: 20 x 30; input name: x");
    }

    [Test]
    public async Task TensorBeyondTheLimit_IsRefusedBeforePixels()
    {
        PartialShape shape = PartialShape.Of(2, 30_000, 30_000, 3);
        byte[] file = ImageFiles.Png(1, 1, [1, 2, 3]);
        await Assert.That(await Decoded.RefusalAsync(shape, ElementType.F32, [file, file])).StartsWith("Message exceeds the maximum size - Image 1 of 2: the tensor would be (2,30000,30000,3) FP32");
    }
}
