using System.Collections.Immutable;
using Ovms.Configuration.Graphs;

namespace Ovms.Graphs.Calculators.OpenVino;

/// <summary>Which tensor of the model each stream is. Source: the original's OpenVINOInferenceCalculatorOptions.</summary>
[GraphMessage("mediapipe.OpenVINOInferenceCalculatorOptions")]
internal sealed partial record InferenceOptions
{
    /// <summary>The model's input of each tag; a tag without an entry is the input's name.</summary>
    [GraphField(1)]
    public IReadOnlyDictionary<string, string> TagToInputTensorNames { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The model's output of each tag; a tag without an entry is the output's name.</summary>
    [GraphField(2)]
    public IReadOnlyDictionary<string, string> TagToOutputTensorNames { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The model's inputs, in the order of a vector of tensors.</summary>
    [GraphField(3)]
    public ImmutableArray<string> InputOrderList { get; init; } = [];

    /// <summary>The model's outputs, in the order of a vector of tensors.</summary>
    [GraphField(4)]
    public ImmutableArray<string> OutputOrderList { get; init; } = [];
}
