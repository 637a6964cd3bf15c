using Ovms.Native;
using Ovms.Status;

namespace Ovms.Inference.Images;

/// <summary>Height, width and channels to which images are resized.</summary>
internal readonly record struct ImageSize(int Height, int Width, int Channels)
{
    private const int WithAlpha = 4;
    private const int WithoutAlpha = 3;
    private const int Gray = 1;

    /// <summary>Number of values in one image.</summary>
    public long Values => (long)Height * Width * Channels;

    /// <summary>
    /// Takes the size from the model's shape. Where that is dynamic, uses the first image's size, or the nearest size within the model's
    /// range.
    /// </summary>
    /// <param name="shape">The model's shape, which ends in HWC.</param>
    /// <param name="image">The first image of the batch.</param>
    public static Outcome<ImageSize> Of(PartialShape shape, ImageFile image)
    {
        Outcome<int> channels = ChannelsOf(shape.Dimensions[^1], image);
        return channels.IsOk
            ? new ImageSize(Nearest(shape.Dimensions[^3], image.Height), Nearest(shape.Dimensions[^2], image.Width), channels.Value)
            : channels.WithoutValue;
    }

    /// <summary>Whether an image can have these channels. An alpha channel may be dropped.</summary>
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
