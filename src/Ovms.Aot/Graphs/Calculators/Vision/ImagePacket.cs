using Ovms.Graphs.Calculators.OpenVino;
using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Inference.Messages;
using Ovms.Native;
using Ovms.Serving.Signatures;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Graphs.Calculators.Vision;

/// <summary>The value of a packet with one image: rows without gaps, in each row pixels, in each pixel its samples.</summary>
internal sealed class ImagePacket : SharedValue
{
    /// <summary>Maximum number of pixels of an image that a calculator makes: 64 Mi, as for decoded images.</summary>
    public const long MaxPixels = 1 << 26;

    private readonly ConversionBudget? _budget;
    private readonly bool _owns;

    private ImagePacket(ImageForm form, NativeBuffer pixels, bool owns, ConversionBudget? budget)
    {
        Form = form;
        Pixels = pixels;
        _owns = owns;
        _budget = budget;
    }

    /// <summary>Size and samples.</summary>
    public ImageForm Form { get; }

    /// <summary>The samples, borrowed. Only who made the image writes to them.</summary>
    public NativeBuffer Pixels { get; }

    /// <inheritdoc/>
    public override long Bytes => _owns ? Form.Bytes : 0;

    /// <summary>An input of the request, whose memory outlives the graph's run.</summary>
    /// <param name="input">The input, which <see cref="ImageEdge.Check"/> accepts.</param>
    public static ImagePacket Of(InputTensor input) => new(ImageEdge.FormOf(input), input.Content!, owns: false, budget: null);

    /// <summary>A new image with undefined samples.</summary>
    /// <param name="context">The run that makes it. Its caller's memory budget counts the image until it is released.</param>
    /// <param name="form">Size and samples.</param>
    /// <returns>The image; or that it is too large, or that memory is short now.</returns>
    public static Outcome<ImagePacket> Create(CalculatorContext context, ImageForm form)
    {
        if (form.Pixels > MaxPixels)
        {
            return Outcome.Fail(
                StatusCode.GraphExecutionError,
                $"it would make an image of {form.Width} x {form.Height} pixels; expected at most {MaxPixels} in all");
        }

        ConversionBudget? budget = (context.Caller as GraphCaller)?.Calls.Conversions;
        Outcome taken = budget?.TryTake(form.Bytes) ?? Outcome.Ok;
        if (!taken.IsOk)
        {
            return taken;
        }

        NativeBuffer pixels = new((int)form.Bytes);
        pixels.Advance((int)form.Bytes);
        return new ImagePacket(form, pixels, owns: true, budget);
    }

    /// <summary>The image as a tensor of shape [height, width, channels], borrowed.</summary>
    public TensorValue ToTensor() => new(
        null, null, new TensorInfo(0, "", Form.Type, PartialShape.Of(Form.Shape), "HWC"), Pixels, Form.Shape);

    /// <inheritdoc/>
    public override string ToString() => $"image of {Form}";

    /// <inheritdoc/>
    protected override void OnReleased()
    {
        if (_owns)
        {
            Pixels.Dispose();
            _budget?.Return(Form.Bytes);
        }
    }
}
