namespace Ovms.Generation.Scheduling;

/// <summary>A sequence's part of the step that is computed.</summary>
/// <param name="Sequence">The sequence.</param>
/// <param name="Count">Tokens that are computed.</param>
/// <param name="Rows">Rows of logits that it gets.</param>
internal readonly record struct StepPart(Sequence Sequence, int Count, int Rows);
