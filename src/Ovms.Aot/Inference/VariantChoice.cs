using Ovms.Inference.Checks;
using Ovms.Inference.Messages;
using Ovms.Serving.Signatures;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Inference;

/// <summary>Finds what computes a call of a model whose shapes are left to calls: its loaded form, or a variant for the call's shapes.</summary>
/// <remarks>A task, since a value task would take room in the state of every call, also of models without variants.</remarks>
internal static class VariantChoice
{
    /// <summary>Exchanges the lease of the model for one of what computes the call.</summary>
    /// <param name="lease">Of a servable that has variants; ended where another one is returned.</param>
    /// <param name="message">Accepted by the servable.</param>
    /// <param name="cancellation">Ends the wait for a variant.</param>
    /// <returns>The lease to go on with; or: sizes of the batch differ, the model cannot have these shapes, too many calls wait.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up waiting.</exception>
    public static async Task<Outcome<ServableLease>> LeaseAsync(ServableLease lease, InferMessage message, CancellationToken cancellation)
    {
        Signature signature = lease.Servable.Signature;
        ServableVariants variants = lease.Servable.Variants!;
        long[][] shapes = InputShapes.Of(signature, message);
        if (variants.AreLoaded(shapes))
        {
            return lease;
        }

        Outcome same = variants.IsBatch ? CheckBatch(signature, variants, message) : Outcome.Ok;
        Outcome<ServableLease> variant = same.IsOk ? await variants.LeaseAsync(shapes, cancellation).ConfigureAwait(false) : same;

        // Order: the model lives, and with it all its variants, until the call has one of them.
        if (variant.IsOk)
        {
            lease.Dispose();
        }

        return variant;
    }

    private static Outcome CheckBatch(Signature signature, ServableVariants variants, InferMessage message)
    {
        (InputTensor Input, long Size)? first = null;
        foreach (TensorInfo info in signature.InputsInNameOrder)
        {
            int axis = variants.BatchAxisOf(info);
            if (axis < 0)
            {
                continue;
            }

            InputTensor input = message.Inputs.Find(input => input.Name == info.Name)!;
            first ??= (input, input.Shape[axis]);
            if (input.Shape[axis] != first.Value.Size)
            {
                return RequestFault.BatchDiffers(input, input.Shape[axis], first.Value.Input, first.Value.Size);
            }
        }

        return Outcome.Ok;
    }
}
