using System.Collections.Immutable;
using Ovms.Native;

namespace Ovms.Serving.Preparation;

/// <summary>A model with all settings applied, ready to be compiled. Owns the native model.</summary>
internal sealed class PreparedModel(
    Model model, ImmutableArray<string> inputLayouts, ImmutableArray<string> outputLayouts, ImmutableArray<string> warnings, ImmutableArray<KeyValuePair<string, string>> modelInfo) : IDisposable
{
    /// <summary>What to compile.</summary>
    public Model Model => model;

    /// <summary>How its ports are called.</summary>
    public PortNames Names { get; init; } = PortNames.Own;

    /// <summary>What is left to each call; null for nothing.</summary>
    public AutoShapes? Auto { get; init; }

    /// <summary>Layouts as served, by input index.</summary>
    public ImmutableArray<string> InputLayouts => inputLayouts;

    /// <summary>Layouts as served, by output index.</summary>
    public ImmutableArray<string> OutputLayouts => outputLayouts;

    /// <summary>Sentences for the log.</summary>
    public ImmutableArray<string> Warnings => warnings;

    /// <summary>Keys and texts of the file's model_info.</summary>
    public ImmutableArray<KeyValuePair<string, string>> ModelInfo => modelInfo;

    /// <inheritdoc/>
    public void Dispose() => model.Dispose();
}
