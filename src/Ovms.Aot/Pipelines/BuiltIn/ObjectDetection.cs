using System.Collections.Immutable;
using Ovms.Native;
using Ovms.Pipelines.Libraries;
using Ovms.Pipelines.Tensors;

namespace Ovms.Pipelines.BuiltIn;

/// <summary>The node model_zoo_intel_object_detection: an image of each object that a detection model has found.</summary>
/// <param name="parameters">The parameters.</param>
internal sealed class ObjectDetection(NodeOptions parameters) : BuiltInNode
{
    private readonly ImageOptions _options = new(parameters);
    private readonly int _label = parameters.Whole("filter_label_id", -1, -1, int.MaxValue);

    /// <inheritdoc/>
    public override ImmutableArray<NodePort> Inputs =>
    [
        _options.Image,
        new NodePort("detection", ElementType.F32, new PartialShape(
            Dimension.Of(1), Dimension.Of(1), Dimension.Dynamic, Dimension.Of(DetectionRows.Fields))),
    ];

    /// <inheritdoc/>
    public override ImmutableArray<NodePort> Outputs =>
    [
        ImageOptions.PerDetection("images", ElementType.F32, _options.TargetShape),
        ImageOptions.PerDetection("coordinates", ElementType.F32, 1, 4),
        ImageOptions.PerDetection("confidences", ElementType.F32, 1, 1),
        ImageOptions.PerDetection("label_ids", ElementType.I32, 1, 1),
    ];

    /// <inheritdoc/>
    public override void Compute(
        IReadOnlyDictionary<string, NodeTensor> inputs, IDictionary<string, NodeTensor> outputs, CancellationToken cancellation)
    {
        Picture picture = Picture.Read(inputs["image"], _options.IsPlanar);
        DetectionRow[] rows =
        [
            .. DetectionRows.Read(inputs["detection"], _options.Confidence)
                .Where(row => _label < 0 || row.Label == _label).Take(_options.Most),
        ];
        Detections found = new(_options, outputs);
        found.Write(
            "images", [.. rows.Select<DetectionRow, Func<Picture>>(row => () => picture.Crop(row.BoxOf(picture)))], cancellation);
        found.Write("coordinates", ElementType.F32, [.. rows.SelectMany(static row => row.Corners)], 4);
        found.Write("confidences", ElementType.F32, [.. rows.Select(static row => row.Confidence)], 1);
        found.Write("label_ids", ElementType.I32, [.. rows.Select(static row => row.Label)], 1);
    }
}
