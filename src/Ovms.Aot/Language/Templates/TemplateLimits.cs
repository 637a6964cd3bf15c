using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>What one rendering may use.</summary>
/// <param name="Steps">Nodes, elements and each 32 characters of text that are made.</param>
/// <param name="Characters">UTF-16 characters of the result, and of each text on the way.</param>
/// <param name="Depth">Macros and recursive loops within each other.</param>
internal sealed record TemplateLimits(long Steps = 10_000_000, int Characters = 16 * 1024 * 1024, int Depth = 100)
{
    /// <summary>The limits of a server.</summary>
    public static TemplateLimits Default { get; } = new();

    /// <summary>The limits of a probe, of which a load makes dozens: a small conversation takes a few thousand steps.</summary>
    public static TemplateLimits OfProbe { get; } = new(Steps: 200_000, Characters: 1 << 20);

    /// <summary>The budget of one rendering.</summary>
    public RenderBudget NewBudget() => new(Steps, Characters, Depth);
}
