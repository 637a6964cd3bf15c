using Ovms.Native;
using Ovms.Status;

namespace Ovms.Inference.Images;

/// <summary>Height, width and channels that images are brought to.</summary>
internal readonly record struct ImageSize(int Height, int Width, int Channels)
{
    private const int WithAlpha = 4;
    private const int WithoutAlpha = 3;
    private const int Gray = 1;

    /// <summary>Values of one image.</summary>
    public long Values => (long)Height * Width * Channels;

    /// <summary>
    /// Decides from the model's shape and, where that leaves it open, the first image: its own size, or the nearest that the model takes.
    /// </summary>
    /// <param name="shape">NHWC.</param>
    /// <param name="image">The first of the batch.</param>
    public static Outcome<ImageSize> Of(PartialShape shape, ImageFile image)
    {
        Outcome<int> channels = ChannelsOf(shape[3], image);
        return channels.IsOk ? new ImageSize(Nearest(shape[1], image.Height), Nearest(shape[2], image.Width), channels.Value) : channels.WithoutValue;
    }

    /// <summary>Whether an image has the channels; what has alpha may lose it.</summary>
    public Outcome CheckChannels(ImageFile image)
    {
        Outcome<int> channels = ChannelsOf(Dimension.Of(Channels), image);
        return channels.WithoutValue;
    }

    private static Outcome<int> ChannelsOf(Dimension wanted, ImageFile image)
    {
        ReadOnlySpan<int> possible = (image.IsGray, image.HasAlpha) switch
        {
            (true, _) => [Gray],
            (false, true) => [WithoutAlpha, WithAlpha],
            (false, false) => [WithoutAlpha],
        };
        foreach (int channels in possible)
        {
            if (wanted.Contains(channels))
            {
                return channels;
            }
        }

        return Outcome.Fail(StatusCode.InvalidNoOfChannels, $"Expected: {wanted}; Actual: {possible[^1]}");
    }

    private static int Nearest(Dimension dimension, int own)
    {
        long nearest = Math.Max(own, dimension.Min);
        return (int)(dimension.Max >= 0 ? Math.Min(nearest, dimension.Max) : nearest);
    }
}
