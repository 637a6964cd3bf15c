using Ovms.Devices;
using Ovms.Native;
using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;

namespace Ovms.Serving.Shapes;

/// <summary>
/// Runs the inferences of a dynamic model, so that a failed one does not affect other calls: see <see cref="ShapeHistory"/>.
/// </summary>
/// <param name="signature">The model's signature.</param>
/// <param name="history">The shapes that the model has computed with.</param>
/// <param name="slots">The infer requests, whose number may grow.</param>
/// <param name="streams">Number of streams of the compiled model, which may be larger than that of infer requests; at least 1.</param>
/// <param name="isOnDevice">Whether a device other than the CPU computes; its failures are not retried.</param>
internal sealed class DynamicInference(
    Signature signature, ShapeHistory history, ISlotSource slots, int streams, bool isOnDevice = false)
{
    private const int MostAttempts = 4;

    private readonly ZerosAside _zeros = new(signature);

    /// <summary>
    /// The shapes of the latest inference that succeeded, by input index; null if there is none. They are never written to.
    /// </summary>
    public long[][]? LatestShapes => history.Latest;

    private int Streams => Math.Max(streams, slots.Size);

    /// <summary>Waits for the gate and computes.</summary>
    /// <param name="slot">The slot with the call's tensors.</param>
    /// <param name="shapes">Their shapes, in the order of the model's inputs.</param>
    /// <param name="cancellation">Ends the wait for the gate; a running inference is not stopped.</param>
    /// <returns>The failure; <see cref="EngineFault.None"/> on success.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up waiting.</exception>
    public async ValueTask<EngineFault> InferAsync(InferSlot slot, long[][] shapes, CancellationToken cancellation)
    {
        await history.Gate.EnterAsync(alone: !history.Contains(shapes), cancellation).ConfigureAwait(false);
        try
        {
            EngineFault fault = await slot.ComputeAsync(cancellation).ConfigureAwait(false);
            if (isOnDevice && !fault.IsNone && DeviceFault.IsOf(fault.Detail))
            {
                return fault;
            }

            if (!fault.IsNone)
            {
                (OvStatus? Status, bool IsHealed) retried = await RetryAsync(slot, shapes).ConfigureAwait(false);
                if (retried.Status != OvStatus.Ok)
                {
                    return fault with { ComputesOthers = retried.IsHealed };
                }
            }

            history.Remember(shapes);
            return EngineFault.None;
        }
        finally
        {
            history.Gate.Leave();
        }
    }

    // Recovers the model and tries again if an earlier call may have caused the failure.
    private async ValueTask<(OvStatus? Status, bool IsHealed)> RetryAsync(InferSlot slot, long[][] shapes)
    {
        bool isShared = Streams > 1;

        // The failure has lost a sequence's state, and recovery computes over it: another attempt would answer wrongly.
        bool mayTryAgain = slot.Sequence is null;
        int attempts = !mayTryAgain ? 0 : history.Contains(shapes) ? (isShared ? MostAttempts : 1) : isShared ? 1 : 0;
        OvStatus? status = null;
        do
        {
            if (!await HealAsync(slot).ConfigureAwait(false))
            {
                return (status, false);
            }

            if (attempts > 0)
            {
                slot.SetInputsAgain();
                status = (await slot.ComputeAsync(CancellationToken.None).ConfigureAwait(false)).Status;
            }
        }
        while (status != OvStatus.Ok && --attempts > 0);

        // The last attempt failed too, so the model must recover again.
        bool isHealed = status is null or OvStatus.Ok || await HealAsync(slot).ConfigureAwait(false);
        return (status, isHealed);
    }

    /// <summary>Makes the model compute again after a failure. The caller has passed the gate alone.</summary>
    /// <returns>Whether it does.</returns>
    public async ValueTask<bool> HealAsync(InferSlot slot)
    {
        foreach (long[][] remedy in history.Remedies())
        {
            if (await _zeros.ComputeAsync(slot, remedy, Streams, isPatient: true).ConfigureAwait(false))
            {
                return true;
            }
        }

        return false;
    }
}
