namespace Ovms.Generation.Scheduling;

/// <summary>A sequence's part of a step.</summary>
/// <param name="Index">Index among the sequences of the plan.</param>
/// <param name="Count">Tokens that are computed.</param>
internal readonly record struct StepShare(int Index, int Count);
