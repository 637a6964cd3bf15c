using Ovms.Status;

namespace Ovms.Generation.Steps;

/// <summary>
/// Computes the steps of one language model: all sequences at once over paged attention, or one after the other on the stateful lane.
/// Only the engine's thread calls it. Disposing frees the model.
/// </summary>
internal interface IStepRunner : IDisposable
{
    /// <summary>What it can hold at once.</summary>
    StepCapacity Capacity { get; }

    /// <summary>
    /// Computes a step. The same step may run again after a failure: it writes the same places.
    /// </summary>
    /// <param name="entries">The sequences and their tokens; at least one.</param>
    /// <returns>Success, or the engine's error.</returns>
    Outcome Run(ReadOnlySpan<StepEntry> entries);

    /// <summary>
    /// A row of logits of the last step, which the caller may overwrite; valid until the next step. Several threads may get rows at once.
    /// </summary>
    /// <param name="row">Index over the wanted rows of all entries, in their order.</param>
    Span<float> Logits(int row);

    /// <summary>Forgets a sequence that ended or was preempted.</summary>
    /// <param name="slot">The sequence's number.</param>
    void Forget(int slot);

    /// <summary>Makes the engine's request anew after failures of several steps. All sequences must be computed again.</summary>
    /// <returns>Success, or the engine's error.</returns>
    Outcome Restart();
}
