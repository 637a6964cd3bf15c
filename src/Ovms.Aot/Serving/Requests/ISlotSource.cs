using Ovms.Status;

namespace Ovms.Serving.Requests;

/// <summary>
/// The infer requests of one servable: a pool where any of them will do, or the sequences of a stateful model, each with its own.
/// </summary>
internal interface ISlotSource : IDisposable
{
    /// <summary>Number of calls that can compute at the same time.</summary>
    int Size { get; }

    /// <summary>Number of calls that hold an infer request now.</summary>
    int InUse { get; }

    /// <summary>Number of calls waiting now.</summary>
    int Waiting { get; }

    /// <summary>Number of inferences that still run although their caller has gone. A stop does not wait for them.</summary>
    int Abandoned { get; }

    /// <summary>Number of inferences that have run longer than a limit and were not counted by an earlier call.</summary>
    int CountLate(TimeSpan limit);

    /// <summary>Rents an infer request to the caller, who returns it by <see cref="InferSlot.Return"/>.</summary>
    /// <param name="step">The sequence and step of the call; pools ignore it.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The slot, or why the call cannot have one.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up waiting.</exception>
    ValueTask<Outcome<InferSlot>> RentAsync(SequenceStep step, CancellationToken cancellation);

    /// <summary>Rents an infer request for a call that belongs to no sequence.</summary>
    ValueTask<Outcome<InferSlot>> RentAsync(CancellationToken cancellation) => RentAsync(default, cancellation);
}
