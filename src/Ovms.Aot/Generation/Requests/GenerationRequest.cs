using Ovms.Language.Sampling;

namespace Ovms.Generation.Requests;

/// <summary>What a caller wants generated for one prompt. The engine knows tokens only; the reader of the events makes texts.</summary>
internal sealed record GenerationRequest
{
    /// <summary>The prompt's token ids; at least one. The caller must not change them any more.</summary>
    public required int[] PromptIds { get; init; }

    /// <summary>How tokens are chosen.</summary>
    public required SamplingRules SamplingRules { get; init; }

    /// <summary>Maximum number of tokens of each answer. 0 if only the prompt's log-probabilities are wanted.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>An answer ends after one of these tokens.</summary>
    public int[] EndIds { get; init; } = [];

    /// <summary>Number of answers; the prompt is computed once for all of them.</summary>
    public int Answers { get; init; } = 1;

    /// <summary>Alternatives wanted for each token of the prompt, from 0; -1 if its log-probabilities are not wanted.</summary>
    public int PromptLogProbs { get; init; } = -1;

    /// <summary>Whether blocks of earlier prompts are used, and this one's are kept for later ones.</summary>
    public bool UsePrefix { get; init; } = true;

    /// <summary>The time after which the answers that have not ended fail; null for no limit.</summary>
    public TimeSpan? TimeLimit { get; init; }
}
