using Ovms.Inference.Messages;
using Ovms.Serving.Batches;
using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Inference;

/// <summary>Whether a call may be computed together with others.</summary>
internal static class CallRows
{
    /// <summary>Rents an infer request, or lets the call be computed together with others that wait for one.</summary>
    /// <param name="servable">The servable that computes the call.</param>
    /// <param name="message">The request.</param>
    /// <param name="call">The call's place among others, made for the first call that has one.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>As of <see cref="CallBatches.RentAsync"/>.</returns>
    public static ValueTask<Outcome<InferSlot>> RentAsync(
        Servable servable, InferMessage message, ref BatchCall? call, CancellationToken cancellation) =>
        servable.Batches is { } batches && TryTake(servable.Signature, message, batches.MostRows, call ??= new BatchCall())
            ? batches.RentAsync(call, cancellation)
            : servable.Pool.RentAsync(message.Sequence, cancellation);

    /// <summary>Gives the rows of a request to a call of a batch.</summary>
    /// <param name="signature">The signature of the form that computes rows together.</param>
    /// <param name="message">The request, whose shapes the form accepts.</param>
    /// <param name="mostRows">The most rows that are computed at once.</param>
    /// <param name="call">Receives them.</param>
    /// <returns>False if it is computed alone: its inputs have different numbers of rows, or as many as there is room for.</returns>
    public static bool TryTake(Signature signature, InferMessage message, int mostRows, BatchCall call)
    {
        call.Begin(signature.Inputs.Length);
        foreach (InputTensor input in message.Inputs)
        {
            if (!call.TryAdd(signature.FindInput(input.Name)!.Index, input.Shape, input.Content))
            {
                return false;
            }
        }

        return call.Rows < mostRows;
    }
}
