namespace Ovms.Serving.Requests;

/// <summary>
/// The ownership of output tensors. Readers need not have it: outputs that a slot reuses for every inference belong to the slot.
/// </summary>
/// <param name="tensors">The owned tensors; none in the default value.</param>
internal readonly struct OwnedOutputs(OutputTensor[] tensors) : IDisposable
{
    private readonly OutputTensor[]? _tensors = tensors;

    /// <summary>Disposes the tensors. The owner calls it once.</summary>
    public void Dispose()
    {
        foreach (OutputTensor? output in _tensors ?? [])
        {
            output?.Dispose();
        }
    }
}
