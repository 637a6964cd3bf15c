using System.Diagnostics;
using Ovms.Native;
using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;

namespace Ovms.Serving.Shapes;

/// <summary>The inferences of a dynamic model, so that one which fails costs no other call: see <see cref="ShapeHistory"/>.</summary>
/// <param name="signature">The model's inputs.</param>
/// <param name="history">What it has computed with.</param>
/// <param name="requests">How many infer requests there are.</param>
internal sealed class DynamicInference(Signature signature, ShapeHistory history, int requests)
{
    private const int MostAttempts = 4;

    // Of several inference streams each heals by computing itself. Which one computes is the engine's choice; it takes the one that has
    // been idle longest, so that some rounds reach them all.
    private const int RoundsPerRequest = 4;
    private const int MostRounds = 32;

    // A remedy is computed for nothing: better none than one that takes the machine's memory.
    private const long LargestRemedy = 256 << 20;

    /// <summary>Waits for its turn and computes.</summary>
    /// <param name="slot">Has the call's tensors.</param>
    /// <param name="shapes">Theirs, in the order of the model's inputs.</param>
    /// <param name="cancellation">Ends the wait for the turn; what computes is not stopped half way.</param>
    /// <returns>Why there is no result; none where there is one.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up waiting.</exception>
    public async ValueTask<EngineFault> InferAsync(InferSlot slot, long[][] shapes, CancellationToken cancellation)
    {
        await history.Gate.EnterAsync(alone: !history.Contains(shapes), cancellation).ConfigureAwait(false);
        try
        {
            EngineFault fault = await slot.ComputeAsync(CancellationToken.None).ConfigureAwait(false);
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

    // Heals the engine and, where the failure may have been an earlier one's doing, tries again.
    private async ValueTask<(OvStatus? Status, bool IsHealed)> RetryAsync(InferSlot slot, long[][] shapes)
    {
        bool isShared = requests > 1;

        // The state of a sequence is lost with the failure, and what heals computes over it: another attempt would answer wrongly.
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

        // The last attempt failed again, and left the same behind.
        bool isHealed = status is null or OvStatus.Ok || await HealAsync(slot).ConfigureAwait(false);
        return (status, isHealed);
    }

    private async ValueTask<bool> HealAsync(InferSlot slot)
    {
        int rounds = requests == 1 ? 1 : Math.Min(requests * RoundsPerRequest, MostRounds);
        foreach (long[][] remedy in history.Remedies())
        {
            Tensor?[] tensors = new Tensor?[remedy.Length];
            try
            {
                for (int i = 0; i < remedy.Length; i++)
                {
                    tensors[i] = TryMakeZeros(signature.Inputs[i], remedy[i]);
                }

                bool isComputed = Array.TrueForAll(tensors, static tensor => tensor is not null);
                for (int round = 0; isComputed && round < rounds; round++)
                {
                    isComputed = (await slot.ComputeAsideAsync(tensors!).ConfigureAwait(false)).IsNone;
                }

                if (isComputed)
                {
                    return true;
                }
            }
            catch (OpenVinoException)
            {
                // The next one.
            }
            finally
            {
                foreach (Tensor? tensor in tensors)
                {
                    tensor?.Dispose();
                }
            }
        }

        return false;
    }

    private static Tensor? TryMakeZeros(TensorInfo info, long[] shape)
    {
        long count = 1;
        foreach (long dimension in shape)
        {
            Debug.Assert(dimension >= 0, "It was computed with, or is one more or none.");
            count *= dimension;
        }

        if (count > LargestRemedy || info.Marshaler.ByteLength(count) > LargestRemedy)
        {
            return null;
        }

        if (info.ElementType == ElementType.String)
        {
            return Tensor.CreateStrings(shape, new int[count], default);
        }

        Tensor tensor = Tensor.Allocate(info.ElementType, shape);
        tensor.Bytes.Clear();
        return tensor;
    }
}
