using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;

namespace Ovms.Serving.Shapes;

/// <summary>
/// Makes OpenVINO free the memory of a large inference. A dynamic model keeps what its last inference in a stream needed until the next
/// one, also if the infer request is freed: so a small inference follows a large one.
/// </summary>
/// <param name="signature">The model's signature.</param>
/// <param name="requests">Number of infer requests.</param>
internal sealed class MemoryRelease(Signature signature, int requests)
{
    private readonly ZerosAside _zeros = new(signature);

    /// <summary>Recovers the model if the small inference fails; null if its inputs are static.</summary>
    public DynamicInference? Dynamic { get; set; }

    /// <summary>Runs the small inference. The caller has passed the model's gate alone.</summary>
    public async ValueTask RunAsync(InferSlot slot)
    {
        long[][] least = [.. signature.Inputs.Select(static input => ZeroTensor.LeastShape(input))];
        if (!await _zeros.ComputeAsync(slot, least, ZerosAside.RoundsFor(requests)).ConfigureAwait(false) && Dynamic is not null)
        {
            await Dynamic.HealAsync(slot).ConfigureAwait(false);
        }
    }
}
