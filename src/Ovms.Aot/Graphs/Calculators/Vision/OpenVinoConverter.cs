using System.Runtime.InteropServices;
using Ovms.Graphs.Calculators.OpenVino;
using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Native;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Graphs.Calculators.Vision;

/// <summary>OpenVINOConverterCalculator: an image as a vector with one tensor of shape [1, height, width, channels].</summary>
internal sealed class OpenVinoConverter : ICalculator
{
    private const int Levels = 256;

    private readonly OpenVinoConverterOptions _options;
    private readonly int _image;
    private readonly int _result;

    private readonly float _scale;
    private readonly float _least;

    // What each sample of 8 bits becomes.
    private readonly float[] _values = new float[Levels];

    private OpenVinoConverter(OpenVinoConverterOptions options, int image, int result)
    {
        _options = options;
        _image = image;
        _result = result;
        (float min, float max) = RangeOf(options);
        _scale = (max - min) / (Levels - 1);
        _least = min;
        for (int i = 0; i < Levels; i++)
        {
            _values[i] = (i * _scale) + min;
        }
    }

    /// <summary>Checks ports and options.</summary>
    public static Outcome<BoundCalculator> Bind(PortFinder finder, object? options)
    {
        OpenVinoConverterOptions given = options as OpenVinoConverterOptions ?? new OpenVinoConverterOptions();
        int image = finder.Input("IMAGE", VisionKinds.Image);
        int result = finder.Output("TENSORS", PacketKind.TensorVector);
        finder.Require(given.MaxNumChannels is 1 or 3 or 4, $"max_num_channels is {given.MaxNumChannels}; expected 1, 3 or 4");
        finder.Require(
            given.OutputTensorFloatRange is not { } range || range.Min < range.Max,
            $"output_tensor_float_range is {given.OutputTensorFloatRange?.Min} to {given.OutputTensorFloatRange?.Max}; expected min < max");
        finder.Require(
            !given.UseCustomNormalization || (given.CustomDiv > 0 && float.IsFinite(given.CustomSub)),
            $"custom_div is {given.CustomDiv} and custom_sub {given.CustomSub}; expected custom_div > 0 and a finite custom_sub");
        OpenVinoConverter calculator = new(given, image, result);
        return finder.Bind(() => calculator, policy: InputPolicy.FixedSize(), runsLong: true);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> ProcessAsync(CalculatorContext context)
    {
        if (!context.HasInput(_image))
        {
            return new(Outcome.Ok);
        }

        if (context.Input(_image).Value is not ImagePacket image)
        {
            return new(Outcome.Fail(StatusCode.GraphExecutionError, $"IMAGE is {context.Input(_image).Value}; expected: an image"));
        }

        Outcome<TensorPacket> tensor = _options.EnableNormalization ? Normalize(context, image) : Keep(context, image);
        if (tensor.IsOk)
        {
            context.Emit(_result, new Packet(new ValueVector([tensor.Value]), context.Time));
        }

        return new(tensor.WithoutValue);
    }

    // Custom values go before a range, as in the original.
    private static (float Min, float Max) RangeOf(OpenVinoConverterOptions options)
    {
        const float Greatest = 255;
        return options.UseCustomNormalization
                ? (-options.CustomSub, -options.CustomSub + (Greatest / options.CustomDiv))
            : options.OutputTensorFloatRange is { } range ? (range.Min, range.Max)
            : options.ZeroCenter ? (-1, 1)
            : (0, 1);
    }

    private Outcome<TensorPacket> Keep(CalculatorContext context, ImagePacket image)
    {
        if (!_options.FlipVertically)
        {
            image.Retain();
            return TensorFloats.Of(image);
        }

        Outcome<TensorPacket> tensor = TensorFloats.Create(context, image.Form, out NativeBuffer memory);
        if (tensor.IsOk)
        {
            new ImageTurn(0, FlipHorizontally: false, FlipVertically: true).Apply(image.Pixels, image.Form, memory);
        }

        return tensor;
    }

    private Outcome<TensorPacket> Normalize(CalculatorContext context, ImagePacket image)
    {
        ImageForm form = image.Form;
        if (form.Type == ElementType.U16)
        {
            return Outcome.Fail(
                StatusCode.GraphExecutionError,
                $"it cannot normalise an {image}; expected samples of U8 or F32, or enable_normalization: false");
        }

        ImageForm to = form with { Channels = Math.Min(form.Channels, _options.MaxNumChannels), Type = ElementType.F32 };
        Outcome<TensorPacket> tensor = TensorFloats.Create(context, to, out NativeBuffer memory);
        if (!tensor.IsOk)
        {
            return tensor;
        }

        Span<float> result = MemoryMarshal.Cast<byte, float>(memory.Bytes);
        int row = to.Width * to.Channels;
        for (int y = 0; y < to.Height; y++)
        {
            int fromY = _options.FlipVertically ? form.Height - 1 - y : y;
            ReadOnlySpan<byte> bytes = image.Pixels.Bytes.Slice(fromY * form.Width * form.PixelBytes, form.Width * form.PixelBytes);
            Span<float> line = result.Slice(y * row, row);
            if (form.Type == ElementType.U8)
            {
                Map(bytes, form.Channels, to.Channels, line);
            }
            else
            {
                Map(MemoryMarshal.Cast<byte, float>(bytes), form.Channels, to.Channels, line);
            }
        }

        return tensor;
    }

    private void Map(ReadOnlySpan<byte> from, int channels, int kept, Span<float> to)
    {
        for (int at = 0, written = 0; at < from.Length; at += channels)
        {
            for (int channel = 0; channel < kept; channel++)
            {
                to[written++] = _values[from[at + channel]];
            }
        }
    }

    // Floats are expected to be 0 to 255 too.
    private void Map(ReadOnlySpan<float> from, int channels, int kept, Span<float> to)
    {
        for (int at = 0, written = 0; at < from.Length; at += channels)
        {
            for (int channel = 0; channel < kept; channel++)
            {
                to[written++] = (from[at + channel] * _scale) + _least;
            }
        }
    }
}
