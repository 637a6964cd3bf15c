using Ovms.Graphs.Calculators.Vision;
using Ovms.Graphs.Packets;
using Ovms.Native;
using Ovms.Status;

namespace Ovms.Tests.Graphs.Calculators.Vision;

/// <summary>Rotation, mirroring and sizes, against results by hand and a slow mean.</summary>
public sealed class ImageTransformationTests
{
    // 1 2 3
    // 4 5 6
    private static readonly byte[] s_small = [1, 2, 3, 4, 5, 6];

    [Test]
    [Arguments((int)RotationMode.Unknown, false, false, "3x2 1,2,3,4,5,6")]
    [Arguments((int)RotationMode.Rotation90, false, false, "2x3 3,6,2,5,1,4")]
    [Arguments((int)RotationMode.Rotation180, false, false, "3x2 6,5,4,3,2,1")]
    [Arguments((int)RotationMode.Rotation270, false, false, "2x3 4,1,5,2,6,3")]
    [Arguments((int)RotationMode.Rotation0, true, false, "3x2 3,2,1,6,5,4")]
    [Arguments((int)RotationMode.Rotation0, false, true, "3x2 4,5,6,1,2,3")]
    [Arguments((int)RotationMode.Rotation90, true, false, "2x3 6,3,5,2,4,1")]
    public async Task Turns(int rotation, bool horizontally, bool vertically, string expected)
    {
        ImageTransformationOptions options = new() { RotationMode = (RotationMode)rotation, FlipHorizontally = horizontally, FlipVertically = vertically };
        await Assert.That(await RunAsync(options, VisionGraph.ImageOf(2, 3, 1, s_small))).IsEqualTo(expected);
    }

    [Test]
    [Arguments((int)ScaleMode.Stretch, "6x2 1,1,2,2,3,3,4,4,5,5,6,6", (int)InterpolationMode.Nearest, 6, 2)]
    [Arguments((int)ScaleMode.Fit, "3x4 0,0,0,1,2,3,4,5,6,0,0,0", (int)InterpolationMode.Linear, 3, 4)]
    [Arguments((int)ScaleMode.Fit, "5x2 0,1,2,3,0,0,4,5,6,0", (int)InterpolationMode.Linear, 5, 2)]
    [Arguments((int)ScaleMode.FillAndCrop, "3x2 1,2,3,4,5,6", (int)InterpolationMode.Linear, 5, 2)]
    public async Task Scales(int mode, string expected, int interpolation, int width, int height)
    {
        ImageTransformationOptions options = new() { ScaleMode = (ScaleMode)mode, InterpolationMode = (InterpolationMode)interpolation, OutputWidth = width, OutputHeight = height };
        await Assert.That(await RunAsync(options, VisionGraph.ImageOf(2, 3, 1, s_small))).IsEqualTo(expected);
    }

    [Test]
    public async Task Padding_HasAColourOrRepeatsTheBorder()
    {
        ImageTransformationOptions options = new() { ScaleMode = ScaleMode.Fit, OutputWidth = 1, OutputHeight = 3, PaddingColor = new PaddingColor { Red = 300, Green = -1, Blue = 7 } };
        ImagePacket pixel = VisionGraph.ImageOf(1, 1, 3, 10, 20, 30);
        (Outcome outcome, object?[] values) = await VisionGraph.RunAsync(
            "ImageTransformationCalculator", "IMAGE:i", "IMAGE:o LETTERBOX_PADDING:p", options, [pixel]);
        await Assert.That(outcome.Text).IsEqualTo("OK");
        await Assert.That(Text(values[0])).IsEqualTo("1x3 255,0,7,10,20,30,255,0,7");
        await Assert.That(string.Join(' ', ((float[])values[1]!).Select(static share => share.ToString("0.000", null)))).IsEqualTo("0.000 0.333 0.000 0.333");
        await Assert.That(await RunAsync(options with { ConstantPadding = false }, VisionGraph.ImageOf(1, 1, 3, 10, 20, 30))).IsEqualTo("1x3 10,20,30,10,20,30,10,20,30");
    }

    [Test]
    [Arguments(17, 23, 5, 4, 3)]
    [Arguments(64, 48, 8, 8, 1)]
    [Arguments(9, 31, 7, 30, 4)]
    public async Task SmallerImages_AreMeansOfAreas(int height, int width, int toHeight, int toWidth, int channels)
    {
        byte[] samples = new byte[height * width * channels];
        new Random(height).NextBytes(samples);
        ImageTransformationOptions options = new() { OutputWidth = toWidth, OutputHeight = toHeight };
        (Outcome outcome, object?[] values) = await VisionGraph.RunAsync("ImageTransformationCalculator", "IMAGE:i", "IMAGE:o", options, [VisionGraph.ImageOf(height, width, channels, samples)]);
        await Assert.That(outcome.Text).IsEqualTo("OK");
        byte[] result = ((VisionGraph.Image)values[0]!).Bytes;
        int worst = 0;
        for (int i = 0; i < result.Length; i++)
        {
            (int y, int x, int channel) = (i / channels / toWidth, i / channels % toWidth, i % channels);
            worst = Math.Max(worst, Math.Abs(result[i] - (int)Math.Round(Mean(samples, height, width, channels, toHeight, toWidth, y, x, channel))));
        }

        // One for a mean between two numbers.
        await Assert.That(worst).IsLessThanOrEqualTo(1);
    }

    [Test]
    public async Task LargerImages_AreBilinear_InEachType()
    {
        ImageTransformationOptions options = new() { OutputWidth = 4, OutputHeight = 1 };
        await Assert.That(await RunAsync(options, VisionGraph.ImageOf(1, 2, 1, 0, 100))).IsEqualTo("4x1 0,25,75,100");
        ImagePacket deep = VisionGraph.ImageOf("UINT16", 1, 2, 1, 0, 0, 0, 0x40);
        await Assert.That(await RunAsync(options, deep)).IsEqualTo("4x1 0,0,0,16,0,48,0,64");
        ImagePacket real = VisionGraph.ImageOf("FP32", 1, 2, 1, [.. BitConverter.GetBytes(-1f), .. BitConverter.GetBytes(1f)]);
        (_, object?[] values) = await VisionGraph.RunAsync("ImageTransformationCalculator", "IMAGE:i", "IMAGE:o", options, [real]);
        VisionGraph.Image image = (VisionGraph.Image)values[0]!;
        await Assert.That(image.Form.Type).IsEqualTo(ElementType.F32);
        await Assert.That(BitConverter.ToSingle(image.Bytes, 4)).IsEqualTo(-0.5f);
    }

    [Test]
    public async Task StreamsAndSidePackets_OverrideOptions()
    {
        (Outcome outcome, object?[] values) = await VisionGraph.RunAsync(
            "ImageTransformationCalculator",
            "IMAGE:i OUTPUT_DIMENSIONS:s ROTATION_DEGREES:r FLIP_VERTICALLY:f",
            "IMAGE:o",
            new ImageTransformationOptions { OutputWidth = 9, OutputHeight = 9, InterpolationMode = InterpolationMode.Nearest },
            [VisionGraph.ImageOf(2, 3, 1, s_small), new ValuePair(2, 3), 90, true]);
        await Assert.That(outcome.Text).IsEqualTo("OK");
        await Assert.That(Text(values[0])).IsEqualTo("2x3 1,4,2,5,3,6");

        (outcome, values) = await VisionGraph.RunAsync(
            "ImageTransformationCalculator", "IMAGE:i", "IMAGE:o", null, [VisionGraph.ImageOf(2, 3, 1, s_small)], "ROTATION_DEGREES:r", 180L);
        await Assert.That(Text(values[0])).IsEqualTo("3x2 6,5,4,3,2,1");

        (outcome, _) = await VisionGraph.RunAsync(
            "ImageTransformationCalculator", "IMAGE:i ROTATION_DEGREES:r", "IMAGE:o", null, [VisionGraph.ImageOf(2, 3, 1, s_small), 45]);
        await Assert.That(outcome.Detail).Contains("node \"n\"").And.Contains("ROTATION_DEGREES is 45; expected 0, 90, 180 or 270");
    }

    [Test]
    public async Task WrongNodes_AreRefused()
    {
        await Assert.That(VisionGraph.Bind("ImageTransformationCalculator", "i", "IMAGE:o").Detail).Contains("one input_stream with the tag IMAGE");
        await Assert.That(VisionGraph.Bind("ImageTransformationCalculator", "IMAGE:i IMAGE_GPU:g", "IMAGE:o").Detail).Contains("no input_stream IMAGE_GPU");
        ImageTransformationOptions large = new() { OutputWidth = 100_000, OutputHeight = 100_000 };
        await Assert.That(VisionGraph.Bind("ImageTransformationCalculator", "IMAGE:i", "IMAGE:o", large).Detail).Contains("at most 67108864 pixels");
    }

    private static async Task<string> RunAsync(ImageTransformationOptions options, ImagePacket image)
    {
        (Outcome outcome, object?[] values) = await VisionGraph.RunAsync("ImageTransformationCalculator", "IMAGE:i", "IMAGE:o", options, [image]);
        return outcome.IsOk ? Text(values[0]) : outcome.Text;
    }

    private static string Text(object? value) => value is VisionGraph.Image image
        ? $"{image.Form.Width}x{image.Form.Height} {string.Join(',', image.Bytes)}"
        : $"{value}";

    // Adds the part of each pixel that the area covers.
    private static double Mean(byte[] samples, int height, int width, int channels, int toHeight, int toWidth, int y, int x, int channel)
    {
        (double top, double bottom) = ((double)y * height / toHeight, (double)(y + 1) * height / toHeight);
        (double left, double right) = ((double)x * width / toWidth, (double)(x + 1) * width / toWidth);
        double sum = 0;
        for (int row = 0; row < height; row++)
        {
            for (int column = 0; column < width; column++)
            {
                double covered = Math.Max(0, Math.Min(row + 1, bottom) - Math.Max(row, top)) * Math.Max(0, Math.Min(column + 1, right) - Math.Max(column, left));
                sum += covered * samples[(((row * width) + column) * channels) + channel];
            }
        }

        return sum / ((bottom - top) * (right - left));
    }
}
