using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Ovms.Serving.Signatures;

/// <summary>The inputs and outputs of a servable. Immutable.</summary>
internal sealed class Signature
{
    private readonly FrozenDictionary<string, TensorInfo> _inputsByName;
    private readonly FrozenDictionary<string, TensorInfo> _outputsByName;

    /// <summary>Creates a signature. Names must be unique among the inputs and among the outputs.</summary>
    public Signature(ImmutableArray<TensorInfo> inputs, ImmutableArray<TensorInfo> outputs)
    {
        Inputs = inputs;
        Outputs = outputs;
        _inputsByName = inputs.ToFrozenDictionary(static info => info.Name, StringComparer.Ordinal);
        _outputsByName = outputs.ToFrozenDictionary(static info => info.Name, StringComparer.Ordinal);
        InputsInNameOrder = [.. inputs.OrderBy(static info => info.Name, StringComparer.Ordinal)];
        OutputsInNameOrder = [.. outputs.OrderBy(static info => info.Name, StringComparer.Ordinal)];
        FixedOutputBytes = outputs.Sum(static info => info.FixedLength);
    }

    /// <summary>Inputs in the model's order.</summary>
    public ImmutableArray<TensorInfo> Inputs { get; }

    /// <summary>Outputs in the model's order.</summary>
    public ImmutableArray<TensorInfo> Outputs { get; }

    /// <summary>Inputs sorted by name, as the original lists and checks them.</summary>
    public ImmutableArray<TensorInfo> InputsInNameOrder { get; }

    /// <summary>Outputs sorted by name, as the original lists them.</summary>
    public ImmutableArray<TensorInfo> OutputsInNameOrder { get; }

    /// <summary>Whether every output is numeric with a static shape, so that its size is the same for every inference.</summary>
    public bool HasFixedOutputs => Outputs.All(static output => output is { FixedLength: > 0, IsPackedText: false });

    /// <summary>Total bytes of the outputs that have the same size in every call.</summary>
    public long FixedOutputBytes { get; }

    /// <summary>An input by name; null if the model has none of that name.</summary>
    public TensorInfo? FindInput(string name) => _inputsByName.GetValueOrDefault(name);

    /// <summary>An output by name; null if the model has none of that name.</summary>
    public TensorInfo? FindOutput(string name) => _outputsByName.GetValueOrDefault(name);
}
