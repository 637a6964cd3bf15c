using Ovms.Native;
using Ovms.Serving.Requests;
using Ovms.Serving.Shapes;
using Ovms.Serving.Signatures;

namespace Ovms.Serving.Table;

/// <summary>The engine's side of a servable: the compiled model, its signature and its infer requests. Owns both native parts.</summary>
/// <param name="signature">What it takes and gives.</param>
/// <param name="pool">Where its calls get infer requests.</param>
/// <param name="compiled">What they were made of.</param>
/// <param name="dynamic">What computes the calls of a model whose inputs are dynamic; else null.</param>
/// <param name="modelInfo">What its file tells of it under model_info; null or empty for nothing.</param>
internal sealed class LoadedModel(Signature signature, ISlotSource pool, CompiledModel compiled, DynamicInference? dynamic = null, IReadOnlyList<KeyValuePair<string, string>>? modelInfo = null) : IDisposable
{
    /// <summary>What it takes and gives.</summary>
    public Signature Signature => signature;

    /// <summary>Where its calls get infer requests.</summary>
    public ISlotSource Pool => pool;

    /// <summary>What computes its calls where their shapes differ; null where they are static.</summary>
    public DynamicInference? Dynamic => dynamic;

    /// <summary>Keys and texts of model_info, which clients of the Model API read labels and scales from.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> ModelInfo => modelInfo ?? [];

    /// <summary>OpenVINO's execution streams; 0 where the device does not tell.</summary>
    public int Streams { get; init; }

    /// <summary>What computes calls of other shapes, where these are left to calls; owned, null elsewhere.</summary>
    public ServableVariants? Variants { get; set; }

    /// <summary>What keeps its files where they are, if they need keeping: the engine may read weights from them as long as it lives.</summary>
    public IDisposable? Files { get; set; }

    /// <summary>Its place among the streams on the CPU; owned, null for none.</summary>
    public IDisposable? StreamEntry { get; set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        StreamEntry?.Dispose();
        pool.Dispose();
        compiled.Dispose();
        Variants?.Dispose();
        Files?.Dispose();
    }
}
