using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Native;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.Vision;

/// <summary>AnnotationOverlayCalculator: draws on an image, or on a canvas if the node has no IMAGE.</summary>
/// <param name="image">The input IMAGE; −1 for none.</param>
/// <param name="datas">The inputs of render data.</param>
/// <param name="result">The output IMAGE.</param>
/// <param name="options">The options.</param>
internal sealed class AnnotationOverlay(int image, int[] datas, int result, AnnotationOverlayOptions options) : ICalculator
{
    private const int Rgb = 3;
    private const int Rgba = 4;

    /// <summary>Checks ports and options.</summary>
    public static Outcome<BoundCalculator> Bind(PortFinder finder, object? options)
    {
        AnnotationOverlayOptions given = options as AnnotationOverlayOptions ?? new AnnotationOverlayOptions();
        int image = finder.OptionalInput("IMAGE", VisionKinds.Image);
        int[] datas = [.. finder.Inputs("", VisionKinds.RenderData), .. finder.Inputs("VECTOR", VisionKinds.RenderDataVector)];
        int result = finder.Output("IMAGE", VisionKinds.Image);
        finder.Require(
            given.CanvasWidthPx > 0 && given.CanvasHeightPx > 0
                && (long)given.CanvasWidthPx * given.CanvasHeightPx <= ImagePacket.MaxPixels,
            $"canvas_width_px and canvas_height_px are {given.CanvasWidthPx} and {given.CanvasHeightPx}; expected 1 and up, and at most "
                + $"{ImagePacket.MaxPixels} pixels in all");
        AnnotationOverlay calculator = new(image, datas, result, given);
        return finder.Bind(() => calculator, runsLong: true);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> ProcessAsync(CalculatorContext context)
    {
        if (image >= 0 && !context.HasInput(image))
        {
            return new(Outcome.Ok);
        }

        Outcome read = Read(context, out List<RenderData> drawn);
        if (!read.IsOk)
        {
            return new(read);
        }

        ImagePacket? given = image < 0 ? null : context.Input(image).Value as ImagePacket;
        if (image >= 0 && given is not { Form: { Type: ElementType.U8, Channels: 1 or Rgb or Rgba } })
        {
            return new(Fail(
                $"IMAGE is {context.Input(image).Value}; expected an image of 1, 3 or 4 channels of U8"));
        }

        if (given is { Form.Channels: not 1 } && drawn.Count == 0)
        {
            given.Retain();
            context.Emit(result, new Packet(given, context.Time));
            return new(Outcome.Ok);
        }

        Outcome<ImagePacket> canvas = CanvasOf(context, given);
        if (canvas.IsOk)
        {
            Draw(new Canvas(canvas.Value.Pixels, canvas.Value.Form), drawn);
            context.Emit(result, new Packet(canvas.Value, context.Time));
        }

        return new(canvas.WithoutValue);
    }

    private Outcome Read(CalculatorContext context, out List<RenderData> drawn)
    {
        drawn = [];
        foreach (int data in datas)
        {
            object? value = context.Input(data).Value;
            switch (value)
            {
                case null or RenderData { IsEmpty: true }:
                    break;
                case RenderData one:
                    drawn.Add(one);
                    break;
                case ValueVector many:
                    drawn.AddRange(Enumerable.Range(0, many.Count).Select(index => many[index]).OfType<RenderData>());
                    break;
                default:
                    return Fail($"an input is {value}; expected: render data");
            }
        }

        return Outcome.Ok;
    }

    // A copy, for others may read the image too. Gray images become coloured ones, as in the original.
    private Outcome<ImagePacket> CanvasOf(CalculatorContext context, ImagePacket? given)
    {
        ImageForm form = given?.Form ?? new ImageForm(options.CanvasHeightPx, options.CanvasWidthPx, Rgb, ElementType.U8);
        Outcome<ImagePacket> made = ImagePacket.Create(context, form with { Channels = Math.Max(form.Channels, Rgb) });
        if (!made.IsOk)
        {
            return made;
        }

        Span<byte> target = made.Value.Pixels.Bytes;
        if (given is null)
        {
            new Canvas(made.Value.Pixels, made.Value.Form).Clear(options.CanvasColor ?? new RenderColor());
        }
        else if (form.Channels > 1)
        {
            given.Pixels.Bytes.CopyTo(target);
        }
        else
        {
            ReadOnlySpan<byte> gray = given.Pixels.Bytes;
            for (int i = 0; i < gray.Length; i++)
            {
                target.Slice(i * Rgb, Rgb).Fill(gray[i]);
            }
        }

        return made;
    }

    private void Draw(Canvas canvas, List<RenderData> drawn)
    {
        foreach (RenderData data in drawn)
        {
            int thickness = canvas.Thickness(data.Pen.Thickness);
            foreach (RenderText text in data.Texts)
            {
                canvas.Write(text, data.Pen.Color, thickness, options.FlipTextVertically);
            }

            foreach (DetectionBox box in data.Boxes)
            {
                canvas.Frame(box, data.Pen.Color, thickness);
            }

            foreach ((float x, float y) in data.Points)
            {
                canvas.Dot(x, y, data.Pen.Color, thickness);
            }
        }
    }

    private static Outcome Fail(string why) => Outcome.Fail(StatusCode.GraphExecutionError, why);
}
