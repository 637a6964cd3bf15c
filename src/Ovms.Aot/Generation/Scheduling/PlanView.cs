namespace Ovms.Generation.Scheduling;

/// <summary>What a step is planned from.</summary>
/// <param name="sequences">The admitted sequences, the oldest first.</param>
internal readonly ref struct PlanView(ReadOnlySpan<SequenceView> sequences)
{
    /// <summary>The admitted sequences, the oldest first.</summary>
    public ReadOnlySpan<SequenceView> Sequences { get; } = sequences;

    /// <summary>Tokens a block holds; 0 if there are no blocks.</summary>
    public required int BlockTokens { get; init; }

    /// <summary>Blocks that can be taken without preemption.</summary>
    public required int Available { get; init; }

    /// <summary>Maximum number of tokens of the step; more than <see cref="BlockTokens"/>.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>How many tokens of prompts the step should have; the plan gives at least one block.</summary>
    public required int PromptTokens { get; init; }

    /// <summary>Whether prompts are computed in pieces and together with other sequences.</summary>
    public required bool SplitsPrompts { get; init; }

    /// <summary>The number of the step.</summary>
    public required long Turn { get; init; }
}
