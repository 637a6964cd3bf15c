using System.Diagnostics;
using Ovms.Native;
using Ovms.Serving.Requests;
using Ovms.Serving.Shapes;
using Ovms.Serving.Signatures;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Inference;

/// <summary>One inference of a dynamic model, so that one which fails costs no other call: see <see cref="ShapeHistory"/>.</summary>
internal static class DynamicInference
{
    private const int MostAttempts = 4;

    // Of several inference streams each heals by computing itself. Which one computes is the engine's choice; it takes the one that has
    // been idle longest, so that some rounds reach them all.
    private const int RoundsPerRequest = 4;
    private const int MostRounds = 32;

    // A remedy is computed for nothing: better none than one that takes the machine's memory.
    private const long LargestRemedy = 256 << 20;

    /// <summary>Waits for its turn and computes.</summary>
    /// <param name="servable">Of dynamic shape.</param>
    /// <param name="history">Its own.</param>
    /// <param name="message">Fits the servable.</param>
    /// <param name="slot">Has the message's tensors.</param>
    /// <param name="cancellation">Ends the wait for the turn; what computes is not stopped half way.</param>
    /// <returns>Ok, or why there is no result.</returns>
    public static async ValueTask<Outcome> RunAsync(Servable servable, ShapeHistory history, InferMessage message, InferSlot slot, CancellationToken cancellation)
    {
        long[][] shapes = InputShapes.Of(servable.Signature, message);
        await history.Gate.EnterAsync(alone: !history.Contains(shapes), cancellation).ConfigureAwait(false);
        try
        {
            OvStatus status = await slot.InferAsync(CancellationToken.None).ConfigureAwait(false);
            if (status != OvStatus.Ok)
            {
                // Asked on the thread that learned the status, before anything else is done with the engine.
                string detail = OpenVinoException.FromLastError(status, "ov_infer_request_wait").Detail;
                (OvStatus? Status, bool IsHealed) retried = await RetryAsync(servable, history, slot, shapes).ConfigureAwait(false);
                if (retried.Status != OvStatus.Ok)
                {
                    return EngineRefusal.Of(servable.Signature, message, detail, retried.IsHealed);
                }
            }

            history.Remember(shapes);
            return Outcome.Ok;
        }
        finally
        {
            history.Gate.Leave();
        }
    }

    // Heals the engine and, where the failure may have been an earlier one's doing, tries again.
    private static async ValueTask<(OvStatus? Status, bool IsHealed)> RetryAsync(Servable servable, ShapeHistory history, InferSlot slot, long[][] shapes)
    {
        bool isShared = servable.Pool.Size > 1;

        // The state of a sequence is lost with the failure, and what heals computes over it: another attempt would answer wrongly.
        bool mayTryAgain = slot.Sequence is null;
        int attempts = !mayTryAgain ? 0 : history.Contains(shapes) ? (isShared ? MostAttempts : 1) : isShared ? 1 : 0;
        OvStatus? status = null;
        do
        {
            if (!await HealAsync(servable, history, slot).ConfigureAwait(false))
            {
                return (status, false);
            }

            if (attempts > 0)
            {
                slot.SetInputsAgain();
                status = await slot.InferAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
        while (status != OvStatus.Ok && --attempts > 0);

        // The last attempt failed again, and left the same behind.
        bool isHealed = status is null or OvStatus.Ok || await HealAsync(servable, history, slot).ConfigureAwait(false);
        return (status, isHealed);
    }

    private static async ValueTask<bool> HealAsync(Servable servable, ShapeHistory history, InferSlot slot)
    {
        int rounds = servable.Pool.Size == 1 ? 1 : Math.Min(servable.Pool.Size * RoundsPerRequest, MostRounds);
        foreach (long[][] remedy in history.Remedies())
        {
            Tensor?[] tensors = new Tensor?[remedy.Length];
            try
            {
                for (int i = 0; i < remedy.Length; i++)
                {
                    tensors[i] = TryMakeZeros(servable.Signature.Inputs[i], remedy[i]);
                }

                bool isComputed = Array.TrueForAll(tensors, static tensor => tensor is not null);
                for (int round = 0; isComputed && round < rounds; round++)
                {
                    isComputed = await slot.InferAsideAsync(tensors!).ConfigureAwait(false) == OvStatus.Ok;
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
