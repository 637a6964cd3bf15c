using System.Collections.Immutable;
using Ovms.Native;

namespace Ovms.Serving.Preparation;

/// <summary>A model with all settings applied, ready to be compiled. It owns the native model.</summary>
internal sealed class PreparedModel(
    Model model,
    ImmutableArray<string> inputLayouts,
    ImmutableArray<string> outputLayouts,
    ImmutableArray<string> warnings,
    ImmutableArray<KeyValuePair<string, string>> modelInfo) : IDisposable
{
    /// <summary>The model to compile.</summary>
    public Model Model => model;

    /// <summary>The names of its ports.</summary>
    public PortNames Names { get; init; } = PortNames.Own;

    /// <summary>The dimensions that are left to each call; null = none.</summary>
    public AutoShapes? Auto { get; init; }

    /// <summary>Layouts that callers see, by input index.</summary>
    public ImmutableArray<string> InputLayouts => inputLayouts;

    /// <summary>Layouts that callers see, by output index.</summary>
    public ImmutableArray<string> OutputLayouts => outputLayouts;

    /// <summary>Warnings for the log.</summary>
    public ImmutableArray<string> Warnings => warnings;

    /// <summary>Keys and texts of model_info in the file.</summary>
    public ImmutableArray<KeyValuePair<string, string>> ModelInfo => modelInfo;

    /// <inheritdoc/>
    public void Dispose() => model.Dispose();
}
