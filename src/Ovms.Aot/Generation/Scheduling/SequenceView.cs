namespace Ovms.Generation.Scheduling;

/// <summary>What the plan of a step needs to know of a sequence.</summary>
/// <param name="Length">Tokens of the sequence.</param>
/// <param name="Computed">Tokens of it that are computed; fewer than <paramref name="Length"/>.</param>
/// <param name="Blocks">Blocks of the KV cache that it owns.</param>
/// <param name="OwnedAlone">Those of them that nobody else owns.</param>
/// <param name="Limit">Maximum number of its tokens in one step.</param>
/// <param name="Due">When its prompt would end if it were computed alone from its arrival on, in seconds of the engine's clock.</param>
/// <param name="Follows">Whether the prompt that is due first computes the same tokens now: this one takes them over.</param>
internal readonly record struct SequenceView(int Length, int Computed, int Blocks, int OwnedAlone, int Limit, double Due, bool Follows)
{
    /// <summary>Where a piece of it must end at the latest, so that the next one begins there.</summary>
    public int Cut { get; init; } = int.MaxValue;

    /// <summary>Tokens that are not computed.</summary>
    public int Pending => Length - Computed;

    /// <summary>Whether only the newest token is not computed.</summary>
    public bool IsDecode => Pending == 1;
}
