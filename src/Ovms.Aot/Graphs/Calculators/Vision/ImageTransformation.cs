using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.Vision;

/// <summary>ImageTransformationCalculator: rotates, mirrors and resizes images. Streams and side packets override its options.</summary>
/// <remarks>
/// Rotation comes before the new size, which is that of the result in any case. The original rotates afterwards, and then fails to fill
/// the result if it is not square.
/// </remarks>
/// <param name="ports">The positions of its ports.</param>
/// <param name="options">The options.</param>
internal sealed class ImageTransformation(ImageTransformationPorts ports, ImageTransformationOptions options) : ICalculator
{
    // As in the original, what a stream said last holds until it says something else.
    private int _width = options.OutputWidth;
    private int _height = options.OutputHeight;
    private int _quarters = options.RotationMode == RotationMode.Unknown ? 0 : (int)options.RotationMode - (int)RotationMode.Rotation0;
    private bool _flipHorizontally = options.FlipHorizontally;
    private bool _flipVertically = options.FlipVertically;

    /// <summary>Checks ports and options.</summary>
    public static Outcome<BoundCalculator> Bind(PortFinder finder, object? options)
    {
        ImageTransformationOptions given = options as ImageTransformationOptions ?? new ImageTransformationOptions();
        ImageTransformationPorts ports = ImageTransformationPorts.Of(finder);
        finder.Require(
            given.OutputWidth >= 0 && given.OutputHeight >= 0 && (long)given.OutputWidth * given.OutputHeight <= ImagePacket.MaxPixels,
            $"output_width and output_height are {given.OutputWidth} and {given.OutputHeight}; expected 0 and up, and at most "
                + $"{ImagePacket.MaxPixels} pixels in all");
        return finder.Bind(() => new ImageTransformation(ports, given), runsLong: true);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> OpenAsync(CalculatorContext context)
    {
        Outcome read = SetSize(ports.SizeSide < 0 ? null : context.Side(ports.SizeSide), isGiven: ports.SizeSide >= 0);
        read = read.IsOk ? SetDegrees(ports.DegreesSide < 0 ? null : context.Side(ports.DegreesSide)) : read;
        read = read.IsOk ? SetFlip(ports.HorizontalSide < 0 ? null : context.Side(ports.HorizontalSide), ref _flipHorizontally) : read;
        return new(read.IsOk ? SetFlip(ports.VerticalSide < 0 ? null : context.Side(ports.VerticalSide), ref _flipVertically) : read);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> ProcessAsync(CalculatorContext context)
    {
        Outcome read = ReadStreams(context);
        bool isSized = ports.Size < 0 || context.HasInput(ports.Size);
        if (!read.IsOk || !isSized || !context.HasInput(ports.Image))
        {
            return new(read);
        }

        if (context.Input(ports.Image).Value is not ImagePacket image)
        {
            return new(Fail($"IMAGE is {context.Input(ports.Image).Value}; expected: an image"));
        }

        ImageTurn turn = new(_quarters, _flipHorizontally, _flipVertically);
        Outcome<ImagePacket> turned = Turn(context, image, turn);
        if (!turned.IsOk)
        {
            return new(turned.WithoutValue);
        }

        try
        {
            Outcome<ImagePacket> scaled = Scale(context, turned.Value, out float[] padding);
            if (scaled.IsOk)
            {
                context.Emit(ports.Result, new Packet(scaled.Value, context.Time));
                if (ports.Padding >= 0)
                {
                    context.Emit(ports.Padding, new Packet(padding, context.Time));
                }
            }

            return new(scaled.WithoutValue);
        }
        finally
        {
            turned.Value.Release();
        }
    }

    private Outcome ReadStreams(CalculatorContext context)
    {
        Outcome read = context.HasInput(ports.Size) ? SetSize(context.Input(ports.Size).Value, isGiven: true) : Outcome.Ok;
        read = read.IsOk && context.HasInput(ports.Degrees) ? SetDegrees(context.Input(ports.Degrees).Value) : read;
        read = read.IsOk && context.HasInput(ports.Horizontal)
            ? SetFlip(context.Input(ports.Horizontal).Value, ref _flipHorizontally)
            : read;
        return read.IsOk && context.HasInput(ports.Vertical) ? SetFlip(context.Input(ports.Vertical).Value, ref _flipVertically) : read;
    }

    private Outcome SetSize(object? size, bool isGiven)
    {
        if (!isGiven)
        {
            return Outcome.Ok;
        }

        if (size is not ValuePair { First: int width, Second: int height } || width < 0 || height < 0
            || (long)width * height > ImagePacket.MaxPixels)
        {
            return Fail(
                $"OUTPUT_DIMENSIONS is {size}; expected a pair of ints, width and height, at most {ImagePacket.MaxPixels} pixels in all");
        }

        (_width, _height) = (width, height);
        return Outcome.Ok;
    }

    private Outcome SetDegrees(object? degrees)
    {
        switch (degrees)
        {
            case null:
                return Outcome.Ok;
            case int or long:
                long number = Convert.ToInt64(degrees, System.Globalization.CultureInfo.InvariantCulture);
                if (number is 0 or 90 or 180 or 270)
                {
                    _quarters = (int)number / 90;
                    return Outcome.Ok;
                }

                break;
        }

        return Fail($"ROTATION_DEGREES is {degrees}; expected 0, 90, 180 or 270");
    }

    private static Outcome SetFlip(object? value, ref bool flip)
    {
        flip = value as bool? ?? flip;
        return value is null or bool ? Outcome.Ok : Fail($"FLIP_HORIZONTALLY or FLIP_VERTICALLY is {value}; expected a bool");
    }

    private static Outcome<ImagePacket> Turn(CalculatorContext context, ImagePacket image, ImageTurn turn)
    {
        if (turn.IsNone)
        {
            image.Retain();
            return image;
        }

        Outcome<ImagePacket> turned = ImagePacket.Create(context, turn.FormOf(image.Form));
        if (turned.IsOk)
        {
            turn.Apply(image.Pixels, image.Form, turned.Value.Pixels);
        }

        return turned;
    }

    private Outcome<ImagePacket> Scale(CalculatorContext context, ImagePacket image, out float[] padding)
    {
        ImageForm from = image.Form;
        padding = new float[4];
        bool isSized = _width > 0 && _height > 0;
        ImageScale scale = isSized ? ImageScale.Of(from, _width, _height, options) : default;
        padding = isSized ? scale.Padding : padding;
        if (!isSized || (scale.Form == from && scale.Inner == new PixelArea(0, 0, from.Width, from.Height)))
        {
            image.Retain();
            return image;
        }

        Outcome<ImagePacket> scaled = ImagePacket.Create(context, scale.Form);
        if (!scaled.IsOk)
        {
            return scaled;
        }

        try
        {
            Resampler.Resize(image.Pixels, from, scaled.Value.Pixels, scale.Form, scale.Inner, scale.Filter, context.Cancellation);
        }
        catch
        {
            scaled.Value.Release();
            throw;
        }

        ImageBorder.Fill(
            scaled.Value.Pixels, scale.Form, scale.Inner, options.ConstantPadding ? options.PaddingColor ?? new PaddingColor() : null);
        return scaled;
    }

    private static Outcome Fail(string why) => Outcome.Fail(StatusCode.GraphExecutionError, why);
}
