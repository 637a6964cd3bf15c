using Ovms.Generation.Steps;

namespace Ovms.Generation.Models;

/// <summary>How a language model is computed.</summary>
internal enum ModelLane
{
    /// <summary>All sequences at once over paged attention.</summary>
    Paged,

    /// <summary>One infer request a sequence.</summary>
    Stateful,
}

/// <summary>A language model that computes.</summary>
/// <param name="Runner">Computes its steps; disposing it frees the model.</param>
/// <param name="Lane">How it does.</param>
/// <param name="Reason">Why it is not the paged lane: a sentence without its full stop; null on the paged lane.</param>
/// <param name="Cache">Its KV cache; null on the stateful lane.</param>
/// <param name="Notes">What else the log should say about the model.</param>
internal sealed record LoadedLanguageModel(
    IStepRunner Runner, ModelLane Lane, string? Reason, KvFacts? Cache, IReadOnlyList<string> Notes) : IDisposable
{
    /// <summary>OpenVINO's execution streams, as text; null if the device does not report them.</summary>
    public string? Streams { get; init; }

    /// <summary>Whether a prompt may be computed in pieces: false where the pieces would change the answer.</summary>
    public bool SplitsPrompts { get; init; } = true;

    /// <inheritdoc/>
    public void Dispose() => Runner.Dispose();
}
