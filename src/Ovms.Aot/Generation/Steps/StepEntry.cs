namespace Ovms.Generation.Steps;

/// <summary>
/// The tokens of one sequence that a step computes. The memories are valid for the duration of the step only.
/// </summary>
/// <param name="Slot">The sequence's number, unique among those that live; from 0 to <see cref="StepCapacity.Sequences"/> - 1.</param>
/// <param name="Ids">All token ids of the sequence up to the last one of the step.</param>
/// <param name="From">Index of the first token that is computed. The tokens before it are in the cache.</param>
/// <param name="SampleFrom">
/// Index of the first token whose logits are wanted; the logits of all later ones are wanted too. The number of ids if none are wanted.
/// </param>
/// <param name="Blocks">The blocks of the KV cache that hold all ids, in order; empty on the stateful lane.</param>
/// <param name="StateRow">The row of the state tables with the state before <paramref name="From"/>; -1 if the model has none.</param>
/// <param name="NextStateRow">The row into which the state after the step is written; -1 if the model has none.</param>
internal readonly record struct StepEntry(
    int Slot, ReadOnlyMemory<int> Ids, int From, int SampleFrom, ReadOnlyMemory<int> Blocks, int StateRow, int NextStateRow)
{
    /// <summary>The state after every multiple of as many tokens inside the step is written too; 0 for none.</summary>
    public int KeptEvery { get; init; }

    /// <summary>The rows into which they are written: one for each multiple between <see cref="From"/> and the last token.</summary>
    public ReadOnlyMemory<int> KeptRows { get; init; }

    /// <summary>How many tokens are computed.</summary>
    public int Count => Ids.Length - From;

    /// <summary>How many rows of logits are wanted.</summary>
    public int SampledRows => Ids.Length - SampleFrom;
}
