using Ovms.Inference.Checks;
using Ovms.Inference.Messages;
using Ovms.Serving.Signatures;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Inference;

/// <summary>
/// Chooses the servable for a call to a model whose shapes are left to calls: its loaded form, or a variant for the call's shapes.
/// </summary>
/// <remarks>Returns a task: a value task would enlarge the state machine of every call, also for models without variants.</remarks>
internal static class VariantChoice
{
    /// <summary>Exchanges the lease of the model for one of the servable that computes the call.</summary>
    /// <param name="lease">A lease on a servable with variants. It is disposed if another one is returned.</param>
    /// <param name="message">The request, already accepted by the servable.</param>
    /// <param name="cancellation">Ends the wait for a variant.</param>
    /// <returns>The lease to use. Or a fault: batch sizes differ, the model cannot have these shapes, or too many calls wait.</returns>
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

        // Order: the lease keeps the model and its variants alive until the call has leased one of them.
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
