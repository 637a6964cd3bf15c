using Ovms.Pipelines.Tensors;

namespace Ovms.Pipelines.BuiltIn;

/// <summary>Reads the output of a detection model of the form (1,1,D,7).</summary>
internal static class DetectionRows
{
    /// <summary>Numbers of a row: image, label, confidence, left, top, right, bottom.</summary>
    public const int Fields = 7;

    /// <summary>The objects of the first image that reach a confidence, in the order of the model.</summary>
    /// <param name="tensor">The output.</param>
    /// <param name="confidence">The least confidence.</param>
    public static List<DetectionRow> Read(NodeTensor tensor, float confidence)
    {
        List<DetectionRow> rows = [];
        ReadOnlySpan<float> rest = tensor.As<float>();
        while (rest.Length >= Fields)
        {
            if ((int)rest[0] == 0 && rest[2] >= confidence)
            {
                rows.Add(new DetectionRow((int)rest[1], rest[2], rest[3..Fields].ToArray()));
            }

            rest = rest[Fields..];
        }

        return rows;
    }
}
