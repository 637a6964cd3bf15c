using Ovms.Inference.Images;
using Ovms.Inference.Messages;
using Ovms.Native;
using Ovms.Status;
using Ovms.Tests.Setup;
using SkiaSharp;

namespace Ovms.Tests.Inference.Images;

/// <summary>What callers may send without harm: lies about sizes, broken files, too much at once.</summary>
public sealed class ImageLimitTests
{
    private const int Huge = 60_000;
    private static readonly byte[] s_jpeg = ImageFiles.Encode(SKEncodedImageFormat.Jpeg, 16, 16, ImageFiles.Pattern(16, 16), quality: 80);

    [Test]
    [Arguments("jpeg")]
    [Arguments("png")]
    [Arguments("bmp")]
    [Arguments("gif")]
    public async Task HugeSize_IsRefusedUnseen(string format)
    {
        byte[] file = format switch
        {
            "jpeg" => ImageFiles.Lying(s_jpeg, Huge, Huge),
            "png" => ImageFiles.Png(Huge, Huge, [1, 2, 3]),
            "bmp" => ImageFiles.Bmp(Huge, Huge, []),
            _ => ImageFiles.Gif(Huge, Huge, [1, 2, 3]),
        };
        await Assert.That(await Decoded.RefusalAsync(Decoded.Fixed(2, 2, 3), ElementType.U8, [file])).IsEqualTo(
            "Image parsing failed - Image 1 of 1: it says that it has 60000 x 60000 pixels; Expected: at most 67108864 in all; input name: x");
    }

    [Test]
    public async Task JpegOfManyScans_IsRefusedBeforeItIsDecoded()
    {
        using ConversionBudget budget = new(decoders: 1, waiters: 1, bytes: 1 << 20, scannedPixels: 16 * 16 * 10);
        (Outcome ten, InferMessage message) = await Decoded.TryAsync(Decoded.Fixed(2, 2, 3), ElementType.U8, [ImageFiles.WithScans(s_jpeg, 10)], budget: budget);
        message.Dispose();
        await Assert.That(ten.Text).DoesNotContain("scans");
        (Outcome eleven, InferMessage refused) = await Decoded.TryAsync(Decoded.Fixed(2, 2, 3), ElementType.U8, [ImageFiles.WithScans(s_jpeg, 11)], budget: budget);
        refused.Dispose();
        await Assert.That(eleven.Code.ToHttp()).IsEqualTo(400);
        await Assert.That(eleven.Text).IsEqualTo(
            "Image parsing failed - Image 1 of 1: its 11 scans of 16 x 16 pixels go over 2816 pixels; Expected: at most 2560 (--image_scan_megapixels); save it as a baseline JPEG; input name: x");
        await Assert.That(budget.Taken).IsEqualTo(0);
    }

    [Test]
    public async Task Scans_AreCountedAsADecoderMeetsThem()
    {
        await Assert.That(JpegScans.Count(s_jpeg)).IsEqualTo(1);
        await Assert.That(JpegScans.Count(ImageFiles.WithScans(s_jpeg, 500))).IsEqualTo(500);

        // In a segment of its own, as a camera's thumbnail, and after the image's end nothing counts.
        byte[] thumbnail = [0xFF, 0xE1, 0, 12, 0xFF, 0xDA, 0, 2, 0xFF, 0xDA, 0, 2, 0xFF, 0xD9];
        await Assert.That(JpegScans.Count([.. s_jpeg[..2], .. thumbnail, .. s_jpeg[2..], 0xFF, 0xDA, 0, 2])).IsEqualTo(1);

        // Any number of 0xFF may stand before a marker's code, and what is between segments is passed over.
        await Assert.That(JpegScans.Count([0xFF, 0xD8, 0xFF, 0xFF, 0xFF, 0xDA, 0, 2, 1, 2, 0xFF, 0, 0xFF, 0xD3, 9, 0xFF, 0xFF, 0xDA, 0, 2, 0xFF])).IsEqualTo(2);
        await Assert.That(JpegScans.Count([0xFF, 0xD8, 0xFF, 0xDA, 0])).IsEqualTo(1);
        await Assert.That(JpegScans.Count(ImageFiles.Png(4, 4, new byte[48]))).IsEqualTo(0);
        await Assert.That(JpegScans.Count([])).IsEqualTo(0);
    }

    [Test]
    public async Task WhatIsNoImage_IsRefused()
    {
        byte[][] files =
        [
            [],
            [0xFF],
            "no image at all"u8.ToArray(),
            "BM"u8.ToArray(),
            "GIF89a"u8.ToArray(),
            "RIFF\0\0\0\0WEBP"u8.ToArray(),
            s_jpeg[..3],
            s_jpeg[..(s_jpeg.Length / 2)],
            ImageFiles.Png(4, 4, [1, 2, 3]),
        ];
        foreach (byte[] file in files)
        {
            await Assert.That(await Decoded.RefusalAsync(Decoded.Fixed(2, 2, 3), ElementType.U8, [file])).StartsWith("Image parsing failed - Image 1 of 1: it");
        }
    }

    [Test]
    public async Task BrokenFile_IsDecodedOrRefused()
    {
        byte[] rgb = ImageFiles.Pattern(16, 16);
        byte[][] whole =
        [
            s_jpeg,
            ImageFiles.Png(16, 16, rgb),
            ImageFiles.Png(16, 16, [.. rgb, .. rgb], depth: 16),
            ImageFiles.Bmp(16, 16, rgb),
            ImageFiles.Gif(16, 16, [.. rgb.Select(static value => (byte)(value & 0xC0))]),
            ImageFiles.Encode(SKEncodedImageFormat.Webp, 16, 16, rgb),
            ImageFiles.Encode(SKEncodedImageFormat.Webp, 16, 16, rgb, quality: 50),
        ];
        ConversionBudget budget = ConversionBudget.OfThisMachine();
        Random random = new(4711);
        for (int round = 0; round < 700; round++)
        {
            byte[] file = [.. whole[round % whole.Length]];
            for (int flip = random.Next(1, 6); flip > 0; flip--)
            {
                file[random.Next(file.Length)] ^= (byte)(1 << random.Next(8));
            }

            file = random.Next(3) == 0 ? file[..random.Next(file.Length)] : file;
            (Outcome outcome, InferMessage message) = await Decoded.TryAsync(Decoded.Fixed(8, 8, 3), ElementType.F32, [file], budget: budget);
            message.Dispose();
            await Assert.That(outcome.IsOk || outcome.Code.ToHttp() is >= 400 and < 500).IsTrue().Because($"round {round}: {outcome.Text}");
        }

        await Assert.That(budget.Taken).IsEqualTo(0);
    }

    [Test]
    public async Task Budget_IsHeldUntilTheMessageEnds()
    {
        using ConversionBudget budget = new(decoders: 1, waiters: 1, bytes: 10_000);
        (Outcome first, InferMessage message) = await Decoded.TryAsync(Decoded.Fixed(16, 16, 3), ElementType.F32, [s_jpeg], budget: budget);
        await Assert.That(first.Text).IsEqualTo("OK");
        await Assert.That(budget.Taken).IsEqualTo(16 * 16 * 3 * sizeof(float));
        (Outcome second, InferMessage refused) = await Decoded.TryAsync(Decoded.Fixed(64, 64, 3), ElementType.F32, [s_jpeg], budget: budget);
        await Assert.That(second.Code).IsEqualTo(StatusCode.OutOfMemory);
        await Assert.That(second.Text).Contains("try again later");
        refused.Dispose();
        message.Dispose();
        await Assert.That(budget.Taken).IsEqualTo(0);
    }

    [Test]
    public async Task RowsOfADeepImage_CountInTheBudget()
    {
        // One row of 1000 pixels: beside 8,000 bytes of pixels, decoding holds two rows of 6,000 bytes, and the file.
        byte[] file = ImageFiles.Png(1000, 1, new byte[6000], depth: 16);
        const int Tensor = 2 * 2 * 3 * sizeof(float);
        int needed = 8000 + (2 * 6000) + file.Length + Tensor;
        foreach ((int bytes, bool fits) in new[] { (needed, true), (needed - 1, false) })
        {
            using ConversionBudget budget = new(decoders: 1, waiters: 1, bytes);
            (Outcome decoded, InferMessage message) = await Decoded.TryAsync(Decoded.Fixed(2, 2, 3), ElementType.F32, [file], budget: budget);
            await Assert.That(decoded.Code).IsEqualTo(fits ? StatusCode.Ok : StatusCode.OutOfMemory);
            await Assert.That(budget.Taken).IsEqualTo(Tensor);
            message.Dispose();
            await Assert.That(budget.Taken).IsEqualTo(0);
        }
    }

    [Test]
    public async Task Waiting_IsBoundedAndCancelled()
    {
        using ConversionBudget budget = new(decoders: 1, waiters: 1, bytes: 10_000);
        using CancellationTokenSource gone = new();
        await Assert.That((await budget.EnterAsync(CancellationToken.None)).IsOk).IsTrue();
        Task<Outcome> waiting = budget.EnterAsync(gone.Token).AsTask();
        await Assert.That((await budget.EnterAsync(CancellationToken.None)).Code).IsEqualTo(StatusCode.QueueFull);
        await Assert.That(waiting.IsCompleted).IsFalse();
        await gone.CancelAsync();
        await Assert.That(async () => await waiting).Throws<OperationCanceledException>();
        Task<Outcome> next = budget.EnterAsync(CancellationToken.None).AsTask();
        budget.Leave();
        await Assert.That((await next).IsOk).IsTrue();
        budget.Leave();
        await Assert.That((await budget.EnterAsync(CancellationToken.None)).IsOk).IsTrue();
    }

    [Test]
    public async Task CallerWhoIsGone_IsNotDecodedFor()
    {
        using CancellationTokenSource gone = new();
        await gone.CancelAsync();
        using ConversionBudget budget = new(decoders: 1, waiters: 1, bytes: 10_000);
        await Assert.That(async () => await Decoded.TryAsync(Decoded.Fixed(2, 2, 3), ElementType.U8, [s_jpeg], budget: budget, cancellation: gone.Token)).Throws<OperationCanceledException>();
        await Assert.That((await budget.EnterAsync(CancellationToken.None)).IsOk).IsTrue();
    }
}
