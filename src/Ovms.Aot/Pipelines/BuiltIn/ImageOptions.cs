using Ovms.Native;
using Ovms.Pipelines.Libraries;

namespace Ovms.Pipelines.BuiltIn;

/// <summary>The parameters that the nodes have which find something in an image.</summary>
/// <param name="options">The parameters.</param>
internal sealed class ImageOptions(NodeOptions options)
{
    private const int LargestSide = 1 << 15;

    /// <summary>Number of rows of the image.</summary>
    public int Height { get; } = options.Whole("original_image_height", 1, LargestSide);

    /// <summary>Number of columns of the image.</summary>
    public int Width { get; } = options.Whole("original_image_width", 1, LargestSide);

    /// <summary>Number of rows of the images that the node gives.</summary>
    public int TargetHeight { get; } = options.Whole("target_image_height", 1, LargestSide);

    /// <summary>Number of columns of the images that the node gives.</summary>
    public int TargetWidth { get; } = options.Whole("target_image_width", 1, LargestSide);

    /// <summary>Whether the image is NCHW.</summary>
    public bool IsPlanar { get; } = options.OneOf("original_image_layout", "NCHW", "NCHW", "NHWC") == "NCHW";

    /// <summary>Whether the images that the node gives are NCHW.</summary>
    public bool IsTargetPlanar { get; } = options.OneOf("target_image_layout", "NCHW", "NCHW", "NHWC") == "NCHW";

    /// <summary>Whether the images that the node gives are grey.</summary>
    public bool IsGrey { get; } = options.Flag("convert_to_gray_scale");

    /// <summary>The least confidence of a detection.</summary>
    public float Confidence { get; } = options.Text("confidence_threshold", "") is ""
        ? throw NodeOptions.Wrong("confidence_threshold", "it must be given")
        : (float)options.Number("confidence_threshold", 0, 0, 1);

    /// <summary>The most detections that the node gives.</summary>
    public int Most { get; } = options.Whole("max_output_batch", 100, 1, 10_000);

    private int Channels => IsGrey ? 1 : 3;

    /// <summary>The input for the image.</summary>
    public NodePort Image => new("image", ElementType.F32, PartialShape.Of([1, .. Picture.ShapeOf(Height, Width, 3, IsPlanar)]));

    /// <summary>The shape of one image that the node gives, with its batch of 1.</summary>
    public long[] TargetShape => [1, .. Picture.ShapeOf(TargetHeight, TargetWidth, Channels, IsTargetPlanar)];

    /// <summary>An output with one part for each detection.</summary>
    public static NodePort PerDetection(string name, ElementType type, params long[] shape) =>
        new(name, type, new PartialShape([Dimension.Dynamic, .. shape.Select(Dimension.Of)]));
}
