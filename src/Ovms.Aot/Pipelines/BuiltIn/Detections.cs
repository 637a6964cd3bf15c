using Ovms.Native;
using Ovms.Pipelines.Tensors;

namespace Ovms.Pipelines.BuiltIn;

/// <summary>Writes what was found in an image: for each detection an image of it, numbers about it, and its confidence.</summary>
/// <param name="options">The node's parameters.</param>
/// <param name="outputs">Receives the tensors.</param>
internal sealed class Detections(ImageOptions options, IDictionary<string, NodeTensor> outputs)
{
    /// <summary>Writes the images of the detections.</summary>
    /// <param name="name">The output's name.</param>
    /// <param name="pictures">The parts of the image, in any size.</param>
    /// <param name="cancellation">The caller's deadline or disconnect.</param>
    public void Write(string name, IReadOnlyList<Func<Picture>> pictures, CancellationToken cancellation)
    {
        NodeTensor tensor = Add(name, ElementType.F32, [pictures.Count, .. options.TargetShape]);
        Span<float> rest = tensor.Fill<float>();
        foreach (Func<Picture> make in pictures)
        {
            cancellation.ThrowIfCancellationRequested();
            Picture part = make().Resize(options.TargetHeight, options.TargetWidth, cancellation);
            part = options.IsGrey ? part.ToGrey() : part;
            part.Write(rest, options.IsTargetPlanar);
            rest = rest[part.Samples.Length..];
        }
    }

    /// <summary>Writes numbers.</summary>
    /// <param name="name">The output's name.</param>
    /// <param name="type">Their type.</param>
    /// <param name="values">The numbers of all detections, one after the other.</param>
    /// <param name="perDetection">How many each has.</param>
    public void Write<T>(string name, ElementType type, T[] values, int perDetection)
        where T : unmanaged =>
        values.CopyTo(Add(name, type, values.Length / perDetection, 1, perDetection).Fill<T>());

    private NodeTensor Add(string name, ElementType type, params long[] shape) => outputs[name] = NodeTensor.Allocate(type, shape);
}
