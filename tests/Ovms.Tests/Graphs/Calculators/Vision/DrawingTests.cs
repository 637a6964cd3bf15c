using Ovms.Graphs.Calculators.Vision;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Graphs.Calculators.Vision;

/// <summary>Names of detections, what is drawn of them, and the pixels.</summary>
public sealed class DrawingTests
{
    private static readonly Detection[] s_found =
    [
        new(new DetectionBox(0.25f, 0.25f, 0.5f, 0.5f), 0.876f, 1) { Keypoints = [(0.5f, 0.5f)] },
        new(new DetectionBox(-3, 0, 1, 1), 0.5f, 7),
    ];

    [Test]
    public async Task Labels_ComeFromAFileBesideTheGraph_AListOrAMap()
    {
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "labels.txt"), "zero\r\none\n");
        DetectionLabelIdToTextOptions fromFile = new() { Folder = folder.Path, LabelMapPath = "labels.txt" };
        await Assert.That(await NameAsync(fromFile)).IsEqualTo("one:;:7");
        await Assert.That(await NameAsync(fromFile with { LabelMapPath = Path.Combine(folder.Path, "labels.txt"), KeepLabelId = true })).IsEqualTo("one:1;:7");
        await Assert.That(await NameAsync(new() { Label = ["a", "b"] })).IsEqualTo("b:;:7");
        await Assert.That(await NameAsync(new() { LabelItems = [new LabelMapEntry { Key = 7, Value = new LabelMapItem { Name = "seven" } }] })).IsEqualTo(":1;seven:");
        await Assert.That(Refused(fromFile with { LabelMapPath = "none.txt" })).Contains("label_map_path none.txt cannot be read").And.Contains(folder.Path);
        await Assert.That(Refused(fromFile with { Label = ["a"] })).Contains("expected one of them");
    }

    [Test]
    public async Task Detections_BecomeBoxesTextsAndPoints()
    {
        (_, object?[] values) = await VisionGraph.RunAsync("DetectionsToRenderDataCalculator", "DETECTIONS:d", "RENDER_DATA:r", new DetectionsToRenderDataOptions { RenderDetectionId = true }, [s_found]);
        RenderData data = (RenderData)values[0]!;
        await Assert.That(string.Join('|', data.Texts.Select(static text => text.Text))).IsEqualTo("1,0.88,|Id: 0|7,0.5,|Id: 1");
        await Assert.That((data.Boxes.Length, data.Points.Length, data.Boxes[0])).IsEqualTo((1, 1, new DetectionBox(0.25f, 0.25f, 0.5f, 0.5f)));
        await Assert.That(Math.Abs(data.Texts[0].Baseline - 0.3)).IsLessThan(1e-6);
        await Assert.That(Math.Abs(data.Texts[0].Height - 0.045)).IsLessThan(1e-6);
        (_, values) = await VisionGraph.RunAsync("DetectionsToRenderDataCalculator", "DETECTIONS:d", "RENDER_DATA:r", new DetectionsToRenderDataOptions { ProduceEmptyPacket = false }, [Array.Empty<Detection>()]);
        await Assert.That(values[0]).IsNull();
        await Assert.That(VisionGraph.Bind("DetectionsToRenderDataCalculator", "", "RENDER_DATA:r").Detail).Contains("DETECTIONS or DETECTION");
    }

    [Test]
    public async Task Overlay_DrawsFramesAndDots_OnlyThere()
    {
        RenderData data = new("S", [new DetectionBox(0.2f, 0.2f, 0.4f, 0.4f)], [(0.9f, 0.9f)], [], new RenderPen(new RenderColor { R = 255, G = 1 }, 1));
        string rows = await DrawAsync(VisionGraph.ImageOf(10, 10, 3, [.. Enumerable.Repeat((byte)9, 300)]), data);
        await Assert.That(rows).IsEqualTo(string.Join('\n',
            "..........", "..........", "..#####...", "..#...#...", "..#...#...", "..#...#...", "..#####...", "..........", ".........#", "........##"));
    }

    [Test]
    public async Task Overlay_WritesTextAboveItsBaseline_AndCutsOffWhatIsOutside()
    {
        RenderText text = new("I", 0.1, 0.8, 0.6, new RenderTextOptions());
        string rows = await DrawAsync(VisionGraph.ImageOf(10, 10, 4, [.. Enumerable.Repeat((byte)9, 400)]), new RenderData("S", [], [], [text], new RenderPen(new RenderColor { R = 255 }, 1)));
        await Assert.That(rows).IsEqualTo(string.Join('\n',
            "..........", "..........", "..###.....", "...#......", "...#......", "...#......", "...#......", "...#......", "..###.....", ".........."));
        RenderData wild = new(
            "S", [new DetectionBox(float.NaN, 0, 1, 1), new DetectionBox(-1e30f, -1e30f, 1e30f, 1e30f)], [(float.PositiveInfinity, 0), (1e30f, -1e30f)],
            [text with { Height = 1e30 }, text with { Left = double.NaN }, text with { Text = new string('W', 100_000), Height = 1e-9 }], new RenderPen(new RenderColor { R = 255 }, 1e9));
        await DrawAsync(VisionGraph.ImageOf(10, 10, 3, new byte[300]), wild);
    }

    [Test]
    public async Task Overlay_KeepsAnImageWithoutAnnotations_ColoursGray_AndHasACanvas()
    {
        RenderData nothing = new("S", [], [], [], new RenderPen(new RenderColor(), 1));
        (_, object?[] values) = await VisionGraph.RunAsync("AnnotationOverlayCalculator", "IMAGE:i r", "IMAGE:o", null, [VisionGraph.ImageOf(1, 1, 3, 1, 2, 3), nothing]);
        await Assert.That(((VisionGraph.Image)values[0]!).Bytes.SequenceEqual(new byte[] { 1, 2, 3 })).IsTrue();
        (_, values) = await VisionGraph.RunAsync("AnnotationOverlayCalculator", "IMAGE:i r", "IMAGE:o", null, [VisionGraph.ImageOf(1, 2, 1, 5, 6), null]);
        await Assert.That(((VisionGraph.Image)values[0]!).Bytes.SequenceEqual(new byte[] { 5, 5, 5, 6, 6, 6 })).IsTrue();
        AnnotationOverlayOptions canvas = new() { CanvasWidthPx = 2, CanvasHeightPx = 1, CanvasColor = new RenderColor { G = 8 } };
        (_, values) = await VisionGraph.RunAsync("AnnotationOverlayCalculator", "r", "IMAGE:o", canvas, [nothing]);
        await Assert.That(((VisionGraph.Image)values[0]!).Bytes.SequenceEqual(new byte[] { 0, 8, 0, 0, 8, 0 })).IsTrue();
        (Outcome outcome, _) = await VisionGraph.RunAsync("AnnotationOverlayCalculator", "IMAGE:i", "IMAGE:o", null, [VisionGraph.ImageOf("UINT16", 1, 1, 1, 0, 0)]);
        await Assert.That(outcome.Detail).Contains("node \"n\"").And.Contains("expected an image of 1, 3 or 4 channels of U8");
    }

    [Test]
    public async Task Font_HasStrokesForAllLetters()
    {
        for (char letter = '!'; letter <= '~'; letter++)
        {
            await Assert.That(StrokeFont.StrokesOf(letter).All(static stroke => stroke is { FromX: >= 0 and <= 4, ToX: >= 0 and <= 4, FromY: >= -6 and <= 2, ToY: >= -6 and <= 2 })).IsTrue();
            await Assert.That(StrokeFont.StrokesOf(letter).Any()).IsTrue();
        }

        await Assert.That(StrokeFont.StrokesOf(' ').Any()).IsFalse();
        await Assert.That(StrokeFont.StrokesOf('é').Count()).IsEqualTo(4);
    }

    // Red pixels as #; others must be as they were.
    private static async Task<string> DrawAsync(ImagePacket image, RenderData data)
    {
        byte[] before = image.Pixels.Bytes.ToArray();
        (Outcome outcome, object?[] values) = await VisionGraph.RunAsync("AnnotationOverlayCalculator", "IMAGE:i r", "IMAGE:o", null, [image, data]);
        await Assert.That(outcome.Text).IsEqualTo("OK");
        VisionGraph.Image drawn = (VisionGraph.Image)values[0]!;
        await Assert.That(image.Pixels.Bytes.SequenceEqual(before)).IsTrue();
        return string.Join('\n', Enumerable.Range(0, drawn.Form.Height).Select(y => string.Concat(Enumerable.Range(0, drawn.Form.Width).Select(x =>
        {
            int at = ((y * drawn.Form.Width) + x) * drawn.Form.Channels;
            return drawn.Bytes[at] == 255 ? '#' : drawn.Bytes[at] == before[at] ? '.' : '?';
        }))));
    }

    private static async Task<string> NameAsync(DetectionLabelIdToTextOptions options)
    {
        (Outcome outcome, object?[] values) = await VisionGraph.RunAsync("DetectionLabelIdToTextCalculator", "i", "o", options, [s_found]);
        return outcome.IsOk ? string.Join(';', ((Detection[])values[0]!).Select(static found => $"{found.Label}:{found.LabelId}")) : outcome.Text;
    }

    private static string? Refused(DetectionLabelIdToTextOptions options) => VisionGraph.Bind("DetectionLabelIdToTextCalculator", "i", "o", options).Detail;
}
