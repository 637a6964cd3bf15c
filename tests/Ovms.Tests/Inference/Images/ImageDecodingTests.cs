using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Native;
using Ovms.Tests.Setup;
using SkiaSharp;
using TUnit.Assertions.Enums;

namespace Ovms.Tests.Inference.Images;

/// <summary>Pixels of every format in every element type, in the original's order of colours.</summary>
public sealed class ImageDecodingTests
{
    private const int Width = 5;
    private const int Height = 3;
    private static readonly byte[] s_rgb = ImageFiles.Pattern(Width, Height);
    private static readonly byte[] s_bgr = [.. s_rgb.Chunk(3).SelectMany(static pixel => pixel.Reverse())];

    [Test]
    [Arguments("png")]
    [Arguments("bmp")]
    [Arguments("gif")]
    [Arguments("webp")]
    public async Task Format_GivesItsPixelsBlueFirst(string format)
    {
        (byte[] values, long[] shape) = await Decoded.ValuesAsync<byte>(Decoded.Fixed(Height, Width, 3), ElementType.U8, Make(format));
        await Assert.That(shape).IsEquivalentTo([1L, Height, Width, 3], CollectionOrdering.Matching);
        await Assert.That(values.SequenceEqual(s_bgr)).IsTrue().Because(string.Join(',', values));
    }

    [Test]
    public async Task Jpeg_GivesNearlyItsPixels()
    {
        byte[] flat = [.. Enumerable.Range(0, 64).SelectMany(static _ => new byte[] { 200, 30, 90 })];
        (byte[] values, _) = await Decoded.ValuesAsync<byte>(Decoded.Fixed(8, 8, 3), ElementType.U8, ImageFiles.Encode(SKEncodedImageFormat.Jpeg, 8, 8, flat));
        await Assert.That((int)values[0]).IsBetween(86, 94);
        await Assert.That((int)values[1]).IsBetween(26, 34);
        await Assert.That((int)values[2]).IsBetween(196, 204);
    }

    [Test]
    public async Task EveryElementType_HoldsTheValues()
    {
        byte[] png = Make("png");
        PartialShape shape = Decoded.Fixed(Height, Width, 3);
        await CheckAsync<float>(ElementType.F32, static value => value);
        await CheckAsync<double>(ElementType.F64, static value => value);
        await CheckAsync<Half>(ElementType.F16, static value => value);
        await CheckAsync<ushort>(ElementType.BF16, static value => (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16));
        await CheckAsync<int>(ElementType.I32, static value => value);
        await CheckAsync<short>(ElementType.I16, static value => value);
        await CheckAsync<ushort>(ElementType.U16, static value => value);
        await CheckAsync<sbyte>(ElementType.I8, static value => (sbyte)Math.Min(value, (byte)127));

        async Task CheckAsync<T>(ElementType type, Func<byte, T> of)
            where T : unmanaged
        {
            (T[] values, _) = await Decoded.ValuesAsync<T>(shape, type, png);
            await Assert.That(values.SequenceEqual(s_bgr.Select(of))).IsTrue().Because($"{type}: {string.Join(',', values)}");
        }
    }

    [Test]
    [Arguments(0)]
    [Arguments(1)]
    [Arguments(2)]
    public async Task SixteenBits_ReachTypesThatHoldThem(int filter)
    {
        byte[] rows = [0x12, 0x34, 0x80, 0x01, 0xFF, 0xFF, 0xAB, 0xCD, 0x00, 0x00, 0x40, 0x00, 0x12, 0x35, 0x00, 0x01, 0xFF, 0xFE, 0x01, 0x00, 0x00, 0xFF, 0x7F, 0xFF];
        byte[] png = ImageFiles.Png(2, 2, rows, depth: 16, filter: filter);
        PartialShape shape = Decoded.Fixed(2, 2, 3);
        int[] exact = [0xFFFF, 0x8001, 0x1234, 0x4000, 0x0000, 0xABCD, 0xFFFE, 0x0001, 0x1235, 0x7FFF, 0x00FF, 0x0100];
        (float[] singles, _) = await Decoded.ValuesAsync<float>(shape, ElementType.F32, png);
        (ushort[] words, _) = await Decoded.ValuesAsync<ushort>(shape, ElementType.U16, png);
        (short[] signed, _) = await Decoded.ValuesAsync<short>(shape, ElementType.I16, png);
        (byte[] bytes, _) = await Decoded.ValuesAsync<byte>(shape, ElementType.U8, png);
        await Assert.That(singles.SequenceEqual(exact.Select(static value => (float)value))).IsTrue().Because(string.Join(',', singles));
        await Assert.That(words.SequenceEqual(exact.Select(static value => (ushort)value))).IsTrue().Because(string.Join(',', words));
        await Assert.That(signed.SequenceEqual(exact.Select(static value => (short)Math.Min(value, short.MaxValue)))).IsTrue().Because(string.Join(',', signed));
        await Assert.That(bytes.SequenceEqual(exact.Select(static value => (byte)(value >> 8)))).IsTrue().Because(string.Join(',', bytes));
    }

    [Test]
    public async Task SixteenBitsInPasses_FindTheirPlaces()
    {
        (ushort[] values, _) = await Decoded.ValuesAsync<ushort>(Decoded.Fixed(2, 2, 1), ElementType.U16, ImageFiles.InterlacedPng(1001, 2002, 3003, 64004));
        await Assert.That(values).IsEquivalentTo(new ushort[] { 1001, 2002, 3003, 64004 }, CollectionOrdering.Matching);
    }

    [Test]
    public async Task Gray_IsForOneChannel()
    {
        PartialShape one = Decoded.Fixed(1, 3, 1);
        (byte[] values, _) = await Decoded.ValuesAsync<byte>(one, ElementType.U8, ImageFiles.Png(3, 1, [1, 2, 200], color: 0));
        await Assert.That(values).IsEquivalentTo(new byte[] { 1, 2, 200 }, CollectionOrdering.Matching);
        (float[] singles, _) = await Decoded.ValuesAsync<float>(one, ElementType.F32, ImageFiles.Png(3, 1, [1, 255, 2, 0, 200, 9], color: 4));
        await Assert.That(singles).IsEquivalentTo([1f, 2f, 200f], CollectionOrdering.Matching);
        (singles, _) = await Decoded.ValuesAsync<float>(one, ElementType.F32, ImageFiles.Png(3, 1, [0, 0, 0x80, 0, 0xFF, 0xFF], color: 0, depth: 16));
        await Assert.That(singles).IsEquivalentTo([0f, 32768f, 65535f], CollectionOrdering.Matching);
        (values, _) = await Decoded.ValuesAsync<byte>(Decoded.Fixed(1, 1, 1), ElementType.U8, ImageFiles.GrayJpeg(9, 9, 77));
        await Assert.That(values).IsEquivalentTo(new byte[] { 77 }, CollectionOrdering.Matching);
    }

    [Test]
    public async Task Alpha_IsLeftOutUnlessTheModelHasIt()
    {
        byte[] png = ImageFiles.Png(2, 1, [10, 20, 30, 0, 40, 50, 60, 128], color: 6);
        (byte[] values, _) = await Decoded.ValuesAsync<byte>(Decoded.Fixed(1, 2, 3), ElementType.U8, png);
        await Assert.That(values).IsEquivalentTo(new byte[] { 30, 20, 10, 60, 50, 40 }, CollectionOrdering.Matching);
        (values, _) = await Decoded.ValuesAsync<byte>(Decoded.Fixed(1, 2, 4), ElementType.U8, png);
        await Assert.That(values).IsEquivalentTo(new byte[] { 30, 20, 10, 0, 60, 50, 40, 128 }, CollectionOrdering.Matching);
    }

    [Test]
    public async Task OtherChannels_AreRefused()
    {
        byte[] color = ImageFiles.Png(1, 1, [1, 2, 3]);
        byte[] gray = ImageFiles.Png(1, 1, [1], color: 0);
        const string Begin = "Invalid number of channels in binary input - Image";
        await Assert.That(await Decoded.RefusalAsync(Decoded.Fixed(1, 1, 1), ElementType.U8, [color])).IsEqualTo($"{Begin} 1 of 1: Expected: 1; Actual: 3; input name: x");
        await Assert.That(await Decoded.RefusalAsync(Decoded.Fixed(1, 1, 3), ElementType.U8, [gray])).IsEqualTo($"{Begin} 1 of 1: Expected: 3; Actual: 1; input name: x");
        await Assert.That(await Decoded.RefusalAsync(Decoded.Fixed(1, 1, 4), ElementType.U8, [color])).IsEqualTo($"{Begin} 1 of 1: Expected: 4; Actual: 3; input name: x");
        await Assert.That(await Decoded.RefusalAsync(Decoded.Fixed(1, 1, 3, batch: 2), ElementType.U8, [color, gray])).IsEqualTo($"{Begin} 2 of 2: Expected: 3; Actual: 1; input name: x");
    }

    [Test]
    public async Task OrientationOfTheCamera_IsNotApplied()
    {
        byte[] jpeg = ImageFiles.Encode(SKEncodedImageFormat.Jpeg, 16, 8, ImageFiles.Pattern(16, 8));
        (byte[] plain, long[] shape) = await Decoded.ValuesAsync<byte>(Decoded.Any(3), ElementType.U8, jpeg);
        (byte[] turned, long[] turnedShape) = await Decoded.ValuesAsync<byte>(Decoded.Any(3), ElementType.U8, ImageFiles.Turned(jpeg));
        using (SKData data = SKData.CreateCopy(ImageFiles.Turned(jpeg)))
        {
            using SKCodec codec = SKCodec.Create(data)!;
            await Assert.That(codec.EncodedOrigin).IsEqualTo(SKEncodedOrigin.RightTop).Because("the file must say it is turned");
        }

        await Assert.That(shape).IsEquivalentTo([1L, 8, 16, 3], CollectionOrdering.Matching);
        await Assert.That(turnedShape).IsEquivalentTo(shape, CollectionOrdering.Matching);
        await Assert.That(turned.SequenceEqual(plain)).IsTrue();
    }

    [Test]
    public async Task Batch_LiesImageAfterImage()
    {
        byte[][] files = [Make("png"), Make("bmp"), Make("webp")];
        (float[] values, long[] shape) = await Decoded.ValuesAsync<float>(Decoded.Any(3), ElementType.F32, files);
        await Assert.That(shape).IsEquivalentTo([3L, Height, Width, 3], CollectionOrdering.Matching);
        await Assert.That(values.SequenceEqual(Enumerable.Repeat(s_bgr, 3).SelectMany(static image => image).Select(static value => (float)value))).IsTrue();
    }

    [Test]
    public async Task NoImages_CostNothing()
    {
        BytesConversion conversion = new(ConversionBudget.OfThisMachine());
        Ovms.Serving.Signatures.Signature signature = Requests.Model(Requests.Port("b", Requests.OneByTen));
        using InferMessage message = Requests.Message(Requests.Raw("b", "FP32", [1, 10], 40));
        long allocated = Allocation.Of(() =>
        {
            if (!conversion.ConvertAsync(signature, message, CancellationToken.None).IsCompletedSuccessfully)
            {
                throw new InvalidOperationException("There was nothing to wait for.");
            }
        });
        await Assert.That(allocated).IsEqualTo(0);
    }

    private static byte[] Make(string format) => format switch
    {
        "png" => ImageFiles.Png(Width, Height, s_rgb),
        "bmp" => ImageFiles.Bmp(Width, Height, s_rgb),
        "gif" => ImageFiles.Gif(Width, Height, s_rgb),
        _ => ImageFiles.Encode(SKEncodedImageFormat.Webp, Width, Height, s_rgb),
    };
}
