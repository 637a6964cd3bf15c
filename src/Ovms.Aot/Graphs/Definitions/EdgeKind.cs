namespace Ovms.Graphs.Definitions;

/// <summary>What a stream at a graph's edge carries; the beginning of its tag tells.</summary>
internal enum EdgeKind
{
    /// <summary>OVTENSOR, any other tag, or none: a tensor.</summary>
    Tensor,

    /// <summary>TENSOR: a tensor of few types, as MediaPipe has them.</summary>
    MediaPipeTensor,

    /// <summary>TFTENSOR: a tensor of numbers.</summary>
    TensorFlowTensor,

    /// <summary>TFLITE_TENSOR: not at an edge.</summary>
    TfLiteTensor,

    /// <summary>IMAGE: pixels.</summary>
    Image,

    /// <summary>OVMS_PY_TENSOR: a tensor for Python.</summary>
    Python,

    /// <summary>REQUEST: the whole request.</summary>
    Request,

    /// <summary>RESPONSE: the whole response.</summary>
    Response,

    /// <summary>HTTP_REQUEST_PAYLOAD or HTTP_RESPONSE_PAYLOAD: a request of OpenAI's API.</summary>
    Http,
}

/// <summary>Finds the kind of a stream.</summary>
internal static class EdgeKinds
{
    // Longest first, so that the answer does not depend on an order as it does in the original.
    private static readonly (string Prefix, EdgeKind Kind)[] s_kinds =
    [
        ("HTTP_RESPONSE_PAYLOAD", EdgeKind.Http),
        ("HTTP_REQUEST_PAYLOAD", EdgeKind.Http),
        ("OVMS_PY_TENSOR", EdgeKind.Python),
        ("TFLITE_TENSOR", EdgeKind.TfLiteTensor),
        ("TFTENSOR", EdgeKind.TensorFlowTensor),
        ("OVTENSOR", EdgeKind.Tensor),
        ("RESPONSE", EdgeKind.Response),
        ("REQUEST", EdgeKind.Request),
        ("TENSOR", EdgeKind.MediaPipeTensor),
        ("IMAGE", EdgeKind.Image),
    ];

    /// <summary>The kind of a stream with a tag.</summary>
    public static EdgeKind Of(string tag)
    {
        foreach ((string prefix, EdgeKind kind) in s_kinds)
        {
            if (tag.StartsWith(prefix, StringComparison.Ordinal))
            {
                return kind;
            }
        }

        return EdgeKind.Tensor;
    }
}
