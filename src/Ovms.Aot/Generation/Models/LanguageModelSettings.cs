namespace Ovms.Generation.Models;

/// <summary>How a language model is loaded.</summary>
/// <param name="Device">One device, e.g. <c>CPU</c>.</param>
/// <param name="Properties">Properties to compile with.</param>
/// <param name="CacheBytes">Bytes that KV cache and state tables may take.</param>
/// <param name="MaxSequences">Sequences that may live at once.</param>
internal sealed record LanguageModelSettings(
    string Device, IReadOnlyList<KeyValuePair<string, string>> Properties, long CacheBytes, int MaxSequences)
{
    /// <summary>Tokens beyond which a larger cache is of no use, such as the sequences times the model's length; 0 for no such
    /// number.</summary>
    public long MaxTokens { get; init; }

    /// <summary>Whether states beside the KV cache are kept for later prompts.</summary>
    public bool KeepsStates { get; init; }

    /// <summary>Whether one infer request a sequence is asked for.</summary>
    public bool IsStateful { get; init; }

    /// <summary>How long the first inference may take; null for as long as it takes.</summary>
    public TimeSpan? FirstInferenceLimit { get; init; }

    /// <summary>
    /// A folder that remembers which models compute the same over paged attention; null to compare at the first load of the process.
    /// </summary>
    public string? VerdictFolder { get; init; }
}
