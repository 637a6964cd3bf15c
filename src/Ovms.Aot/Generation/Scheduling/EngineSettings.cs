using Ovms.Generation.Cache;

namespace Ovms.Generation.Scheduling;

/// <summary>How an engine shares a model among its callers.</summary>
internal sealed record EngineSettings
{
    /// <summary>The model's name, for the log.</summary>
    public string Model { get; init; } = "";

    /// <summary>Maximum number of sequences that are computed at a time; the model may allow fewer.</summary>
    public int MaxSequences { get; init; } = 256;

    /// <summary>Maximum number of sequences that wait; null for four times <see cref="MaxSequences"/>.</summary>
    public int? MaxWaiting { get; init; }

    /// <summary>
    /// Maximum number of tokens of a step, at least one block and one token. Below it the engine chooses by the measured speed.
    /// </summary>
    public int MaxBatchedTokens { get; init; } = int.MaxValue;

    /// <summary>Whether prompts are computed in pieces, together with the next tokens of other sequences; else whole and alone.</summary>
    public bool SplitsPrompts { get; init; } = true;

    /// <summary>Whether blocks of earlier prompts and answers are kept for later prompts.</summary>
    public bool KeepsPrefixes { get; init; } = true;

    /// <summary>
    /// At how many blocks from each other states beside the KV cache are kept inside a prompt, for models that have such; at least 1.
    /// </summary>
    public int StateInterval { get; init; } = 8;

    /// <summary>Aimed duration of a step with prompts while other sequences wait for their next token, in seconds.</summary>
    public double StepSeconds { get; init; } = 0.1;

    /// <summary>Aimed duration of a step of prompts alone, in seconds.</summary>
    public double PromptStepSeconds { get; init; } = 1.0;

    /// <summary>
    /// How long an engine without work waits for requests that are being prepared. Requests that come at the same time become ready one
    /// after the other, and a first step without the last of them makes all callers wait for another step.
    /// </summary>
    public TimeSpan GatherTime { get; init; } = TimeSpan.FromMilliseconds(3);

    /// <summary>Seconds that a prompt token takes, until the engine has measured it; the load's warm-up may know better.</summary>
    public double PromptTokenSeconds { get; init; } = 0.001;

    /// <summary>Maximum size of the logits of one prompt in one step, in bytes, if the prompt's log-probabilities are wanted.</summary>
    public long PromptRowsBytes { get; init; } = 64L << 20;

    /// <summary>Gets why the model cannot compute, and null when it can again. Must be quick.</summary>
    public Action<string?>? HealthChanged { get; init; }

    /// <summary>The hash of the prefix table; null for the usual one. A test may force collisions.</summary>
    public PrefixHash? PrefixHash { get; init; }
}
