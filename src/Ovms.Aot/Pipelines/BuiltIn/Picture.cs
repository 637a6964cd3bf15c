using Ovms.Pipelines.Tensors;
using Ovms.Status;

namespace Ovms.Pipelines.BuiltIn;

/// <summary>An image of FP32 samples in managed memory: rows, in each row pixels, in each pixel channels.</summary>
/// <param name="height">Number of rows.</param>
/// <param name="width">Number of columns.</param>
/// <param name="channels">Samples per pixel.</param>
/// <param name="samples">The samples.</param>
internal sealed class Picture(int height, int width, int channels, float[] samples)
{
    /// <summary>Number of rows.</summary>
    public int Height => height;

    /// <summary>Number of columns.</summary>
    public int Width => width;

    /// <summary>Samples per pixel.</summary>
    public int Channels => channels;

    /// <summary>The samples.</summary>
    public float[] Samples => samples;

    /// <summary>One sample.</summary>
    public ref float this[int y, int x, int channel] => ref samples[(((y * width) + x) * channels) + channel];

    /// <summary>An image of zeros.</summary>
    public static Picture Blank(int height, int width, int channels) =>
        new(height, width, channels, new float[height * width * channels]);

    /// <summary>Reads a tensor of one image.</summary>
    /// <param name="tensor">The tensor, of four dimensions.</param>
    /// <param name="isPlanar">Whether each channel lies for itself: NCHW, not NHWC.</param>
    public static Picture Read(NodeTensor tensor, bool isPlanar)
    {
        long[] shape = tensor.Shape;
        (int height, int width, int channels) = isPlanar
            ? ((int)shape[2], (int)shape[3], (int)shape[1])
            : ((int)shape[1], (int)shape[2], (int)shape[3]);
        if (shape[0] != 1 || height <= 0 || width <= 0 || channels is not (1 or 3))
        {
            throw new OvmsException(
                StatusCode.InvalidShape, $"input image: one image of 1 or 3 channels is expected, got {tensor.ShapeText}");
        }

        ReadOnlySpan<float> from = tensor.As<float>();
        Picture picture = Blank(height, width, channels);
        if (!isPlanar)
        {
            from.CopyTo(picture.Samples);
            return picture;
        }

        for (int channel = 0; channel < channels; channel++)
        {
            for (int pixel = 0; pixel < height * width; pixel++)
            {
                picture.Samples[(pixel * channels) + channel] = from[(channel * height * width) + pixel];
            }
        }

        return picture;
    }

    /// <summary>Writes the samples.</summary>
    /// <param name="into">Memory for all samples.</param>
    /// <param name="isPlanar">As of <see cref="Read"/>.</param>
    public void Write(Span<float> into, bool isPlanar)
    {
        if (!isPlanar)
        {
            samples.CopyTo(into);
            return;
        }

        for (int channel = 0; channel < channels; channel++)
        {
            for (int pixel = 0; pixel < height * width; pixel++)
            {
                into[(channel * height * width) + pixel] = samples[(pixel * channels) + channel];
            }
        }
    }

    /// <summary>The shape of tensors of such an image, without the batch.</summary>
    public static long[] ShapeOf(int height, int width, int channels, bool isPlanar) =>
        isPlanar ? [channels, height, width] : [height, width, channels];

    /// <summary>A part of the image; what lies outside is left out.</summary>
    /// <param name="box">The part; it must overlap the image.</param>
    public Picture Crop(Box box)
    {
        Box inside = box.Within(width, height);
        Picture part = Blank(inside.Height, inside.Width, channels);
        int row = inside.Width * channels;
        for (int y = 0; y < inside.Height; y++)
        {
            samples.AsSpan((((inside.Y + y) * width) + inside.X) * channels, row).CopyTo(part.Samples.AsSpan(y * row));
        }

        return part;
    }

    /// <summary>The image in grey: 0.114 of the first channel, 0.587 of the second, 0.299 of the third.</summary>
    /// <param name="isReversed">Whether the third channel is the first.</param>
    public Picture ToGrey(bool isReversed = false)
    {
        (float first, float third) = isReversed ? (0.299f, 0.114f) : (0.114f, 0.299f);
        Picture grey = Blank(height, width, 1);
        for (int pixel = 0; pixel < grey.Samples.Length; pixel++)
        {
            ReadOnlySpan<float> colors = samples.AsSpan(pixel * 3, 3);
            grey.Samples[pixel] = (colors[0] * first) + (colors[1] * 0.587f) + (colors[2] * third);
        }

        return grey;
    }

    /// <summary>Resizes by bilinear interpolation between the centres of pixels.</summary>
    /// <param name="newHeight">The new number of rows.</param>
    /// <param name="newWidth">The new number of columns.</param>
    /// <param name="cancellation">Looked at before each row.</param>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public Picture Resize(int newHeight, int newWidth, CancellationToken cancellation)
    {
        if (newHeight == height && newWidth == width)
        {
            return this;
        }

        Picture result = Blank(newHeight, newWidth, channels);
        for (int y = 0; y < newHeight; y++)
        {
            cancellation.ThrowIfCancellationRequested();
            (int above, int below, float down) = Place(y, height, newHeight);
            for (int x = 0; x < newWidth; x++)
            {
                (int left, int right, float across) = Place(x, width, newWidth);
                for (int channel = 0; channel < channels; channel++)
                {
                    float upper = Mix(this[above, left, channel], this[above, right, channel], across);
                    float lower = Mix(this[below, left, channel], this[below, right, channel], across);
                    result[y, x, channel] = Mix(upper, lower, down);
                }
            }
        }

        return result;
    }

    /// <summary>A sample between pixels; 0 outside of the image.</summary>
    public float At(double y, double x, int channel)
    {
        int top = (int)Math.Floor(y);
        int left = (int)Math.Floor(x);
        float upper = Mix(OrZero(top, left, channel), OrZero(top, left + 1, channel), (float)(x - left));
        float lower = Mix(OrZero(top + 1, left, channel), OrZero(top + 1, left + 1, channel), (float)(x - left));
        return Mix(upper, lower, (float)(y - top));
    }

    private static float Mix(float one, float other, float weight) => one + ((other - one) * weight);

    private static (int First, int Second, float Weight) Place(int place, int from, int to)
    {
        double exact = ((place + 0.5) * from / to) - 0.5;
        int first = (int)Math.Floor(exact);
        return first < 0 ? (0, 0, 0) : first >= from - 1 ? (from - 1, from - 1, 0) : (first, first + 1, (float)(exact - first));
    }

    private float OrZero(int y, int x, int channel) => y >= 0 && y < height && x >= 0 && x < width ? this[y, x, channel] : 0;
}
