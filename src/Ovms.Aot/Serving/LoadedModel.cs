using Ovms.Native;

namespace Ovms.Serving;

/// <summary>The engine's side of a servable: the compiled model, its signature and its infer requests. Owns both native parts.</summary>
internal sealed class LoadedModel(Signature signature, InferRequestPool pool, CompiledModel compiled) : IDisposable
{
    /// <summary>What it takes and gives.</summary>
    public Signature Signature => signature;

    /// <summary>Its infer requests.</summary>
    public InferRequestPool Pool => pool;

    /// <inheritdoc/>
    public void Dispose()
    {
        pool.Dispose();
        compiled.Dispose();
    }
}
