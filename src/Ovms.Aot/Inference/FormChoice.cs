using Ovms.Inference.Messages;
using Ovms.Serving.Table;

namespace Ovms.Inference;

/// <summary>Chooses among the forms of a model whose form follows its load.</summary>
internal static class FormChoice
{
    /// <summary>Exchanges a model's lease for one of its other form that serves, if that was compiled for these shapes.</summary>
    /// <param name="lease">A lease on the model. It is disposed if another one is returned.</param>
    /// <param name="message">The request, already accepted by the servable.</param>
    /// <returns>The lease to use.</returns>
    public static ServableLease Exchange(ServableLease lease, InferMessage message)
    {
        Servable servable = lease.Servable;
        if ((Lease(servable.BatchForm, message) ?? Lease(servable.Throughput, message)) is not { } other)
        {
            return lease;
        }

        // Order: the first lease keeps the model and all its forms alive until the call has leased one of them.
        lease.Dispose();
        return other;
    }

    private static ServableLease? Lease(ThroughputForm? form, InferMessage message)
    {
        if (form?.TryLease() is not { } lease)
        {
            return null;
        }

        foreach (InputTensor input in message.Inputs)
        {
            if (lease.Servable.Signature.FindInput(input.Name)?.Shape.Contains(input.Shape) != true)
            {
                lease.Dispose();
                return null;
            }
        }

        return lease;
    }
}
