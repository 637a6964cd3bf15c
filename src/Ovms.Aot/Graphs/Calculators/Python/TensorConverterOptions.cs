using System.Collections.Immutable;
using Ovms.Configuration.Graphs;

namespace Ovms.Graphs.Calculators.Python;

/// <summary>Names of converted tensors. Source: the original's PyTensorOvTensorConverterCalculatorOptions.</summary>
[GraphMessage("mediapipe.PyTensorOvTensorConverterCalculatorOptions")]
internal sealed partial record TensorConverterOptions
{
    /// <summary>The name that the tensor of a tag has in Python.</summary>
    [GraphField(1)]
    public IReadOnlyDictionary<string, string> TagToOutputTensorNames { get; init; } = ImmutableDictionary<string, string>.Empty;
}
