using Ovms.Inference.Messages;
using Ovms.Serving.Table;

namespace Ovms.Inference;

/// <summary>Chooses between the two forms of a model whose form follows its load.</summary>
internal static class FormChoice
{
    /// <summary>Exchanges a model's lease for one of its throughput form, if that serves and was compiled for these shapes.</summary>
    /// <param name="lease">A lease on the model. It is disposed if another one is returned.</param>
    /// <param name="message">The request, already accepted by the servable.</param>
    /// <returns>The lease to use.</returns>
    public static ServableLease Exchange(ServableLease lease, InferMessage message)
    {
        if (lease.Servable.Throughput?.TryLease() is not { } other)
        {
            return lease;
        }

        foreach (InputTensor input in message.Inputs)
        {
            if (other.Servable.Signature.FindInput(input.Name)?.Shape.Contains(input.Shape) != true)
            {
                other.Dispose();
                return lease;
            }
        }

        // Order: the first lease keeps the model and both its forms alive until the call has leased one of them.
        lease.Dispose();
        return other;
    }
}
