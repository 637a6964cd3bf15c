using Ovms.Configuration.Graphs;

namespace Ovms.Graphs.Calculators.Vision;

/// <summary>How an image becomes a tensor. Source: the original's OpenVINOConverterCalculatorOptions.</summary>
[GraphMessage("mediapipe.OpenVINOConverterCalculatorOptions")]
internal sealed partial record OpenVinoConverterOptions
{
    /// <summary>Whether samples of 8 bits become FP32 in a range; otherwise they stay.</summary>
    [GraphField(1)]
    public bool EnableNormalization { get; init; }

    /// <summary>Whether the range is −1 to 1; otherwise 0 to 1.</summary>
    [GraphField(2)]
    public bool ZeroCenter { get; init; } = true;

    /// <summary>Whether rows are written from the last one to the first.</summary>
    [GraphField(3)]
    public bool FlipVertically { get; init; }

    /// <summary>Channels of a normalised tensor, 1, 3 or 4, if the image has more.</summary>
    [GraphField(4)]
    public int MaxNumChannels { get; init; } = 3;

    /// <summary>Another range; null for that of <see cref="ZeroCenter"/>.</summary>
    [GraphField(5)]
    public TensorFloatRange? OutputTensorFloatRange { get; init; }

    /// <summary>Whether <see cref="CustomSub"/> and <see cref="CustomDiv"/> give the range.</summary>
    [GraphField(6)]
    public bool UseCustomNormalization { get; init; }

    /// <summary>What samples are divided by.</summary>
    [GraphField(7)]
    public float CustomDiv { get; init; } = -1;

    /// <summary>What is then subtracted.</summary>
    [GraphField(8)]
    public float CustomSub { get; init; } = -1;
}
