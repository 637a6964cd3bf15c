using Ovms.Configuration.Graphs;

namespace Ovms.Graphs.Calculators.Vision;

/// <summary>What 0 and 255 become. Source: the original's OpenVINOConverterCalculatorOptions.TensorFloatRange.</summary>
[GraphMessage("mediapipe.OpenVINOConverterCalculatorOptions.TensorFloatRange")]
internal sealed partial record TensorFloatRange
{
    /// <summary>What 0 becomes.</summary>
    [GraphField(1)]
    public float Min { get; init; }

    /// <summary>What 255 becomes.</summary>
    [GraphField(2)]
    public float Max { get; init; }
}
