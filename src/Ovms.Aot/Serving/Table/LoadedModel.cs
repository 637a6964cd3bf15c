using Ovms.Native;
using Ovms.Serving.Health;
using Ovms.Serving.Requests;
using Ovms.Serving.Shapes;
using Ovms.Serving.Signatures;

namespace Ovms.Serving.Table;

/// <summary>The loaded parts of a servable: compiled model, signature and infer requests. Owns both native parts.</summary>
/// <param name="signature">The inputs and outputs.</param>
/// <param name="pool">The infer requests.</param>
/// <param name="compiled">The compiled model.</param>
/// <param name="dynamic">Runs the inferences of a model with dynamic inputs; null for other models.</param>
/// <param name="modelInfo">The keys and texts of model_info in its file; null or empty if there are none.</param>
internal sealed class LoadedModel(
    Signature signature,
    ISlotSource pool,
    CompiledModel compiled,
    DynamicInference? dynamic = null,
    IReadOnlyList<KeyValuePair<string, string>>? modelInfo = null) : IDisposable
{
    /// <summary>The inputs and outputs.</summary>
    public Signature Signature => signature;

    /// <summary>The infer requests.</summary>
    public ISlotSource Pool => pool;

    /// <summary>Runs the inferences if the inputs are dynamic; null if they are static.</summary>
    public DynamicInference? Dynamic => dynamic;

    /// <summary>Keys and texts of model_info, from which clients of the Model API read labels and scales.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> ModelInfo => modelInfo ?? [];

    /// <summary>The devices that run it; null if unknown.</summary>
    public ExecutingDevices? Devices { get; init; }

    /// <summary>Shows whether it can compute now; null if that cannot be asked.</summary>
    public ZeroInference? Zeros { get; init; }

    /// <summary>Variants for other shapes, if shapes are left to calls; owned. Otherwise null.</summary>
    public ServableVariants? Variants { get; set; }

    /// <summary>
    /// Keeps the model's files, because OpenVINO may read weights from them as long as it lives; owned. Null if not needed.
    /// </summary>
    public IDisposable? Files { get; set; }

    /// <summary>Its entry in the count of CPU streams; owned. Null = none.</summary>
    public IDisposable? StreamEntry { get; set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        StreamEntry?.Dispose();
        pool.Dispose();
        Zeros?.TryFreeLate();
        compiled.Dispose();
        Variants?.Dispose();
        Files?.Dispose();
    }
}
