using System.Collections.Immutable;
using Ovms.Native;
using Ovms.Pipelines.Libraries;
using Ovms.Pipelines.Tensors;

namespace Ovms.Pipelines.BuiltIn;

/// <summary>The node face_blur: the image with what a detection model has found made unrecognisable by a Gaussian blur.</summary>
internal sealed class FaceBlur : BuiltInNode
{
    private const int LargestKernel = 1023;

    private readonly ImageOptions _options;
    private readonly float[] _kernel;

    /// <summary>Reads the parameters.</summary>
    /// <exception cref="Status.OvmsException">One is missing or invalid.</exception>
    public FaceBlur(NodeOptions parameters)
    {
        _options = new ImageOptions(parameters);
        int size = parameters.Whole("gaussian_blur_kernel_size", 1, LargestKernel);
        if (size % 2 == 0)
        {
            throw NodeOptions.Wrong("gaussian_blur_kernel_size", $"{size} is not odd");
        }

        _kernel = KernelOf(size);
    }

    /// <inheritdoc/>
    public override ImmutableArray<NodePort> Inputs =>
        [_options.Image, new NodePort("detection", ElementType.F32, PartialShape.Of(1, 1, 200, DetectionRows.Fields))];

    /// <inheritdoc/>
    public override ImmutableArray<NodePort> Outputs =>
    [
        new NodePort("image", ElementType.F32, PartialShape.Of(
            [1, .. Picture.ShapeOf(_options.TargetHeight, _options.TargetWidth, 3, _options.IsTargetPlanar)])),
    ];

    /// <inheritdoc/>
    public override void Compute(
        IReadOnlyDictionary<string, NodeTensor> inputs, IDictionary<string, NodeTensor> outputs, CancellationToken cancellation)
    {
        Picture picture = Picture.Read(inputs["image"], _options.IsPlanar);
        foreach (DetectionRow row in DetectionRows.Read(inputs["detection"], _options.Confidence))
        {
            cancellation.ThrowIfCancellationRequested();
            Blur(picture, row.BoxOf(picture).Within(picture.Width, picture.Height));
        }

        picture = picture.Resize(_options.TargetHeight, _options.TargetWidth, cancellation);
        NodeTensor output = NodeTensor.Allocate(
            ElementType.F32, [1, .. Picture.ShapeOf(picture.Height, picture.Width, picture.Channels, _options.IsTargetPlanar)]);
        picture.Write(output.Fill<float>(), _options.IsTargetPlanar);
        outputs["image"] = output;
    }

    // The width of the bell that OpenCV derives from a kernel's size.
    private static float[] KernelOf(int size)
    {
        double sigma = (0.3 * (((size - 1) * 0.5) - 1)) + 0.8;
        double[] bell = [.. Enumerable.Range(0, size).Select(i => Math.Exp(-Math.Pow(i - (size / 2), 2) / (2 * sigma * sigma)))];
        double sum = bell.Sum();
        return [.. bell.Select(value => (float)(value / sum))];
    }

    // Pixels beyond the box are those of the image; beyond the image, its mirror without the edge itself.
    private void Blur(Picture picture, Box box)
    {
        Box wide = new(box.X, box.Y - (_kernel.Length / 2), box.Width, box.Height + _kernel.Length - 1);
        Picture across = Picture.Blank(wide.Height, wide.Width, picture.Channels);
        Sum(across, (y, x, i) => (Mirror(wide.Y + y, picture.Height), Mirror(wide.X + x + i, picture.Width)), picture);
        Picture result = Picture.Blank(box.Height, box.Width, picture.Channels);
        Sum(result, (y, x, i) => (y + i + (_kernel.Length / 2), x), across);
        int row = box.Width * picture.Channels;
        for (int y = 0; y < box.Height; y++)
        {
            result.Samples.AsSpan(y * row, row).CopyTo(picture.Samples.AsSpan((((box.Y + y) * picture.Width) + box.X) * picture.Channels));
        }
    }

    private void Sum(Picture into, Func<int, int, int, (int Y, int X)> place, Picture from)
    {
        int half = _kernel.Length / 2;
        for (int y = 0; y < into.Height; y++)
        {
            for (int x = 0; x < into.Width; x++)
            {
                for (int i = -half; i <= half; i++)
                {
                    (int fromY, int fromX) = place(y, x, i);
                    for (int channel = 0; channel < into.Channels; channel++)
                    {
                        into[y, x, channel] += _kernel[i + half] * from[fromY, fromX, channel];
                    }
                }
            }
        }
    }

    private static int Mirror(int place, int size)
    {
        int period = Math.Max(1, 2 * (size - 1));
        int within = ((place % period) + period) % period;
        return within < size ? within : period - within;
    }
}
