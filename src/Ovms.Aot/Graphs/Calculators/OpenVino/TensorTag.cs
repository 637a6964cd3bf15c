namespace Ovms.Graphs.Calculators.OpenVino;

/// <summary>What the tag of an inference node's stream says of its packets: all are tensors here, but some are vectors of them.</summary>
internal static class TensorTag
{
    // The original tests prefixes in this order; other tags are single tensors.
    private static readonly (string Prefix, bool IsVector)[] s_prefixes =
    [
        ("OVTENSORS", true), ("OVTENSOR", false), ("TENSORS", true), ("TENSOR", false), ("TFTENSORS", true), ("TFTENSOR", false),
        ("TFLITE_TENSORS", true), ("TFLITE_TENSOR", false),
    ];

    /// <summary>Whether packets of the stream are vectors.</summary>
    public static bool IsVector(string tag)
    {
        foreach ((string prefix, bool isVector) in s_prefixes)
        {
            if (tag.StartsWith(prefix, StringComparison.Ordinal))
            {
                return isVector;
            }
        }

        return false;
    }
}
