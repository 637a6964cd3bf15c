using System.Collections.Immutable;
using Ovms.Native;
using Ovms.Pipelines.Libraries;
using Ovms.Pipelines.Tensors;

namespace Ovms.Pipelines.BuiltIn;

/// <summary>The outputs of the nodes that find text.</summary>
internal static class TextOutputs
{
    private const string Images = "text_images";
    private const string Coordinates = "text_coordinates";
    private const string Confidences = "confidence_levels";

    /// <summary>Describes them.</summary>
    public static ImmutableArray<NodePort> Of(ImageOptions options) =>
    [
        ImageOptions.PerDetection(Images, ElementType.F32, options.TargetShape),
        ImageOptions.PerDetection(Coordinates, ElementType.I32, 1, 4),
        ImageOptions.PerDetection(Confidences, ElementType.F32, 1, 1),
    ];

    /// <summary>Writes them.</summary>
    /// <param name="options">The node's parameters.</param>
    /// <param name="outputs">Receives the tensors.</param>
    /// <param name="pictures">The image of each text.</param>
    /// <param name="boxes">Where it is.</param>
    /// <param name="scores">The confidence.</param>
    /// <param name="cancellation">The caller's deadline or disconnect.</param>
    public static void Write(
        ImageOptions options, IDictionary<string, NodeTensor> outputs, IReadOnlyList<Func<Picture>> pictures, Box[] boxes, float[] scores,
        CancellationToken cancellation)
    {
        Detections found = new(options, outputs);
        found.Write(Images, pictures, cancellation);
        int[] coordinates = [.. boxes.SelectMany(static box => (int[])[box.X, box.Y, box.Width, box.Height])];
        found.Write(Coordinates, ElementType.I32, coordinates, 4);
        found.Write(Confidences, ElementType.F32, scores, 1);
    }
}
