namespace Ovms.Serving.Requests;

/// <summary>
/// The right and duty to dispose outputs. Whoever reads outputs need not have it: those that an infer request writes in every inference
/// are the slot's.
/// </summary>
/// <param name="tensors">None in the default value.</param>
internal readonly struct OwnedOutputs(OutputTensor[] tensors) : IDisposable
{
    private readonly OutputTensor[]? _tensors = tensors;

    /// <summary>Disposes them; done once by the one who has them.</summary>
    public void Dispose()
    {
        foreach (OutputTensor output in _tensors ?? [])
        {
            output.Dispose();
        }
    }
}
