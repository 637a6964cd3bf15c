using System.Collections.Immutable;
using Ovms.Native;
using Ovms.Pipelines.Libraries;
using Ovms.Pipelines.Tensors;
using Ovms.Status;

namespace Ovms.Pipelines.BuiltIn;

/// <summary>The node image_transformation: colours, size, layout and scale of an image.</summary>
internal sealed class ImageChange : BuiltInNode
{
    private const int LargestSide = 1 << 15;
    private const int Any = -1;

    private readonly int _height;
    private readonly int _width;
    private readonly string _color;
    private readonly string _targetColor;
    private readonly bool _isPlanar;
    private readonly bool _isTargetPlanar;
    private readonly double[] _means;
    private readonly double[] _scales;

    /// <summary>Reads the parameters.</summary>
    /// <exception cref="OvmsException">One is missing or invalid.</exception>
    public ImageChange(NodeOptions options)
    {
        _height = SideOf(options, "target_image_height");
        _width = SideOf(options, "target_image_width");
        _color = options.OneOf("original_image_color_order", "BGR", "BGR", "RGB", "GRAY");
        _targetColor = options.OneOf("target_image_color_order", _color, "BGR", "RGB", "GRAY");
        string layout = options.OneOf("original_image_layout", null, "CHW", "HWC");
        _isPlanar = layout == "CHW";
        _isTargetPlanar = options.OneOf("target_image_layout", layout, "CHW", "HWC") == "CHW";
        int channels = ChannelsOf(_targetColor);
        _means = PerChannel(options, "mean_values", channels, 0);
        double scale = options.Number("scale", 1);
        _scales = PerChannel(options, "scale_values", channels, scale);
        if (_scales.Contains(0))
        {
            throw NodeOptions.Wrong("scale", "0 is not a scale");
        }
    }

    /// <inheritdoc/>
    public override ImmutableArray<NodePort> Inputs =>
    [
        new NodePort("image", ElementType.F32, new PartialShape(Dimension.Of(1), Dimension.Dynamic, Dimension.Dynamic, Dimension.Dynamic)),
    ];

    /// <inheritdoc/>
    public override ImmutableArray<NodePort> Outputs
    {
        get
        {
            Dimension height = _height == Any ? Dimension.Dynamic : Dimension.Of(_height);
            Dimension width = _width == Any ? Dimension.Dynamic : Dimension.Of(_width);
            Dimension channels = Dimension.Of(ChannelsOf(_targetColor));
            PartialShape shape = _isTargetPlanar
                ? new PartialShape(Dimension.Of(1), channels, height, width)
                : new PartialShape(Dimension.Of(1), height, width, channels);
            return [new NodePort("image", ElementType.F32, shape)];
        }
    }

    /// <inheritdoc/>
    public override void Compute(
        IReadOnlyDictionary<string, NodeTensor> inputs, IDictionary<string, NodeTensor> outputs, CancellationToken cancellation)
    {
        Picture picture = Picture.Read(inputs["image"], _isPlanar);
        if (picture.Channels != ChannelsOf(_color))
        {
            throw new OvmsException(
                StatusCode.InvalidShape, $"input image: {_color} has {ChannelsOf(_color)} channels, got {inputs["image"].ShapeText}");
        }

        (int height, int width) = (_height == Any ? picture.Height : _height, _width == Any ? picture.Width : _width);
        picture = Convert(picture).Resize(height, width, cancellation);
        cancellation.ThrowIfCancellationRequested();

        // Nothing writes to the input: a picture is a copy of it.
        for (int i = 0; i < picture.Samples.Length; i++)
        {
            int channel = i % picture.Channels;
            picture.Samples[i] = (picture.Samples[i] - (float)_means[channel]) / (float)_scales[channel];
        }

        NodeTensor output = NodeTensor.Allocate(
            ElementType.F32, [1, .. Picture.ShapeOf(picture.Height, picture.Width, picture.Channels, _isTargetPlanar)]);
        picture.Write(output.Fill<float>(), _isTargetPlanar);
        outputs["image"] = output;
    }

    private static int ChannelsOf(string color) => color == "GRAY" ? 1 : 3;

    private static int SideOf(NodeOptions options, string key) =>
        options.Whole(key, Any, Any, LargestSide) is not 0 and var side ? side : throw NodeOptions.Wrong(key, "0 is not a size");

    private static double[] PerChannel(NodeOptions options, string key, int channels, double absent)
    {
        double[] given = options.Numbers(key);
        return given.Length == 0 ? [.. Enumerable.Repeat(absent, channels)]
            : given.Length == channels ? given
            : throw NodeOptions.Wrong(key, $"{channels} numbers are expected, one for each channel, got {given.Length}");
    }

    private Picture Convert(Picture picture)
    {
        if (_color == _targetColor)
        {
            return picture;
        }

        if (_targetColor == "GRAY")
        {
            return picture.ToGrey(isReversed: _color == "RGB");
        }

        Picture result = Picture.Blank(picture.Height, picture.Width, 3);
        for (int i = 0; i < picture.Height * picture.Width; i++)
        {
            for (int channel = 0; channel < 3; channel++)
            {
                result.Samples[(i * 3) + channel] = _color == "GRAY" ? picture.Samples[i] : picture.Samples[(i * 3) + 2 - channel];
            }
        }

        return result;
    }
}
