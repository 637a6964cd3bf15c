using Ovms.Status;

namespace Ovms.Serving.Requests;

/// <summary>
/// Where the calls of one servable get the infer request that they run on: a pool where any will do, or the sequences of a stateful
/// model, each of which has its own.
/// </summary>
internal interface ISlotSource : IDisposable
{
    /// <summary>How many calls compute at the same time.</summary>
    int Size { get; }

    /// <summary>Calls that hold an infer request now.</summary>
    int InUse { get; }

    /// <summary>Calls waiting now.</summary>
    int Waiting { get; }

    /// <summary>An infer request of the caller's own until <see cref="InferSlot.Return"/>.</summary>
    /// <param name="step">Which step of which sequence the call is; without meaning to a pool.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The slot, or why there is none for this call.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up waiting.</exception>
    ValueTask<Outcome<InferSlot>> RentAsync(SequenceStep step, CancellationToken cancellation);

    /// <summary>The same for a call that is no step of a sequence.</summary>
    ValueTask<Outcome<InferSlot>> RentAsync(CancellationToken cancellation) => RentAsync(default, cancellation);
}
