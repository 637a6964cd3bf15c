using System.Runtime.CompilerServices;
using Ovms.Serving.Requests;
using Ovms.Serving.Shapes;
using Ovms.Serving.Signatures;
using Ovms.Status;

namespace Ovms.Serving.Batches;

/// <summary>
/// Computes calls that wait for an infer request together: who gets one takes along those that wait, as far as they fit. Nobody waits for
/// others to come.
/// </summary>
/// <param name="signature">The model's signature: the first dimension of all inputs and outputs is the batch, the others are fixed.</param>
/// <param name="pool">Its infer requests.</param>
/// <param name="inference">Runs its inferences.</param>
/// <param name="mostRows">The most rows that are computed at once.</param>
/// <param name="blame">Tells the model's health of a failed inference, and returns whether the device is to blame.</param>
internal sealed class CallBatches(
    Signature signature, InferRequestPool pool, DynamicInference inference, int mostRows, Func<EngineFault, bool> blame)
{
    private long _failures;
    private int _guests;

    /// <summary>The most rows that are computed at once.</summary>
    public int MostRows => mostRows;

    /// <summary>Calls that are computed with the infer request of another one, or read their outputs from it.</summary>
    public int Guests => Volatile.Read(ref _guests);

    /// <summary>Inferences of several calls that failed; their calls were computed again, each alone.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>Waits for an infer request, and computes the call together with others that wait if there are any.</summary>
    /// <param name="call">The call.</param>
    /// <param name="cancellation">Ends the wait. It does not end an inference of several calls, nor the wait for it.</param>
    /// <returns>
    /// An infer request, with which the caller computes the call alone. Or none, if <see cref="BatchCall.Run"/> has computed it. Or why
    /// there is no infer request.
    /// </returns>
    /// <exception cref="OperationCanceledException">The caller gave up waiting.</exception>
    public ValueTask<Outcome<InferSlot>> RentAsync(BatchCall call, CancellationToken cancellation)
    {
        ValueTask<Outcome<InferSlot>> renting = pool.RentAsync(call, cancellation);
        if (!renting.IsCompletedSuccessfully)
        {
            return AwaitAsync(renting, call, cancellation);
        }

        // Usually an infer request is free, and nobody waits. Or the wait has ended already, as a guest's of a run that failed.
        Outcome<InferSlot> rented = renting.Result;
        return IsOfFailedRun(rented, call) ? pool.RentAgainAsync(cancellation) : new(rented);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Outcome<InferSlot>> AwaitAsync(
        ValueTask<Outcome<InferSlot>> renting, BatchCall call, CancellationToken cancellation)
    {
        Outcome<InferSlot> rented = await renting.ConfigureAwait(false);
        if (IsOfFailedRun(rented, call))
        {
            return await pool.RentAgainAsync(cancellation).ConfigureAwait(false);
        }

        if (!rented.IsOk || call.Run is not null)
        {
            return rented;
        }

        InferSlot slot = rented.Value;
        List<WaitingLine<InferSlot>.Waiter> guests = [];
        pool.TakeGuests(call.Rows, mostRows, BatchSizes.Floor, guests);
        if (guests.Count == 0)
        {
            return slot;
        }

        EngineFault fault;
        int count = guests.Count;
        Interlocked.Add(ref _guests, count);
        BatchRun? run = null;
        try
        {
            run = new BatchRun(signature, slot, call, guests, () => Interlocked.Add(ref _guests, -count));
            fault = await run.ComputeAsync(inference).ConfigureAwait(false);
        }
        catch
        {
            if (run is null)
            {
                guests.ForEach(static guest => guest.SetResult(null!));
                Interlocked.Add(ref _guests, -count);
            }

            slot.Return();
            throw;
        }

        if (fault.IsNone)
        {
            return BatchRun.NoSlot;
        }

        Interlocked.Increment(ref _failures);
        if (blame(fault))
        {
            slot.Spoil();
        }

        return slot;
    }

    private static bool IsOfFailedRun(Outcome<InferSlot> rented, BatchCall call) =>
        rented.IsOk && rented.Value is null && call.Run is null;
}
