namespace Ovms.Language.Sampling;

/// <summary>
/// The most probable tokens of one row of logits, best first; of equal ones the lower id first. It is immutable and owns its memory, so
/// that a reader on another thread may keep it; this is the only allocation of a token, made only if alternatives are wanted.
/// </summary>
internal readonly struct TopLogProbs
{
    private readonly Entry[]? _entries;

    /// <summary>Takes ownership of the entries.</summary>
    public TopLogProbs(Entry[] entries) => _entries = entries;

    /// <summary>How many there are; fewer than wanted only if the row has fewer tokens above -infinity.</summary>
    public int Count => _entries?.Length ?? 0;

    /// <summary>The entries, best first.</summary>
    public ReadOnlySpan<Entry> Entries => _entries;

    /// <summary>A token and the natural logarithm of its probability.</summary>
    internal readonly record struct Entry(int Id, float LogProbability);
}
