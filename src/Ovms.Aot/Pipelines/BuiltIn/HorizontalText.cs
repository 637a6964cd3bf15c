using System.Collections.Immutable;
using Ovms.Native;
using Ovms.Pipelines.Libraries;
using Ovms.Pipelines.Tensors;
using Ovms.Status;

namespace Ovms.Pipelines.BuiltIn;

/// <summary>The node horizontal_ocr: an image of each line of text that a detection model has found.</summary>
/// <param name="parameters">The parameters.</param>
internal sealed class HorizontalText(NodeOptions parameters) : BuiltInNode
{
    private const int Fields = 5;

    private readonly ImageOptions _options = new(parameters);

    /// <inheritdoc/>
    public override ImmutableArray<NodePort> Inputs =>
        [_options.Image, new NodePort("boxes", ElementType.F32, new PartialShape(Dimension.Dynamic, Dimension.Of(Fields)))];

    /// <inheritdoc/>
    public override ImmutableArray<NodePort> Outputs => TextOutputs.Of(_options);

    /// <inheritdoc/>
    public override void Compute(
        IReadOnlyDictionary<string, NodeTensor> inputs, IDictionary<string, NodeTensor> outputs, CancellationToken cancellation)
    {
        Picture picture = Picture.Read(inputs["image"], _options.IsPlanar);
        List<(Box Box, float Score)> found = [];
        ReadOnlySpan<float> rest = inputs["boxes"].As<float>();
        while (rest.Length >= Fields && found.Count < _options.Most)
        {
            if (rest[4] >= _options.Confidence)
            {
                if (!(rest[2] > rest[0]) || !(rest[3] > rest[1]))
                {
                    throw new OvmsException(
                        StatusCode.NodeLibraryExecutionFailed,
                        $"a detected box has the corners ({rest[0]},{rest[1]}) and ({rest[2]},{rest[3]}), so that it is empty");
                }

                found.Add((new Box((int)rest[0], (int)rest[1], (int)(rest[2] - rest[0]), (int)(rest[3] - rest[1])), rest[4]));
            }

            rest = rest[Fields..];
        }

        TextOutputs.Write(
            _options, outputs, [.. found.Select<(Box Box, float Score), Func<Picture>>(one => () => picture.Crop(one.Box))],
            [.. found.Select(static one => one.Box)], [.. found.Select(static one => one.Score)], cancellation);
    }
}
