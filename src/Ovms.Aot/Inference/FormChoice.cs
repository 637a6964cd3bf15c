using Ovms.Inference.Messages;
using Ovms.Serving.Signatures;
using Ovms.Serving.Table;

namespace Ovms.Inference;

/// <summary>Chooses between the two forms of a model whose arrangement follows its load.</summary>
internal static class FormChoice
{
    /// <summary>Leases the throughput form for a call; null if it does not serve, or was compiled for other shapes.</summary>
    /// <param name="form">The form.</param>
    /// <param name="message">The request, already accepted by the servable.</param>
    public static ServableLease? TryLease(ThroughputForm form, InferMessage message)
    {
        if (form.TryLease() is not { } lease)
        {
            return null;
        }

        foreach (InputTensor input in message.Inputs)
        {
            if (lease.Servable.Signature.FindInput(input.Name) is not { } info || !info.Shape.Contains(input.Shape))
            {
                lease.Dispose();
                return null;
            }
        }

        return lease;
    }
}
