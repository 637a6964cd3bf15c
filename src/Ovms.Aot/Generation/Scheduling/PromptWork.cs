namespace Ovms.Generation.Scheduling;

/// <summary>What is left of a prompt.</summary>
/// <param name="Computed">Tokens that are computed.</param>
/// <param name="Pending">Tokens that are not.</param>
/// <param name="Limit">Maximum number of tokens in one step.</param>
/// <param name="Due">When it would end if it were computed alone from its arrival on, in seconds of the engine's clock.</param>
internal readonly record struct PromptWork(int Computed, int Pending, int Limit, double Due)
{
    /// <summary>Where a piece of it must end at the latest, if that is after what is computed.</summary>
    public int Cut { get; init; } = int.MaxValue;
}
