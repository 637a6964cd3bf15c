namespace Ovms.Benchmarks;

/// <summary>One line of what is to be reached.</summary>
/// <param name="Work">What is done.</param>
/// <param name="Asked">The figure that is asked for.</param>
/// <param name="Found">The figure that was measured.</param>
/// <param name="IsReached">Null for a figure that is told beside another one.</param>
internal sealed record Goal(string Work, string Asked, string Found, bool? IsReached)
{
    /// <summary>The median of the rounds must be at least this.</summary>
    public static Goal AtLeast(string work, double limit, Samples rounds, Func<double, string> text) =>
        new(work, $"≥ {text(limit)}", rounds.Spread(text), rounds.Median >= limit);

    /// <summary>The median of the rounds must be at most this.</summary>
    public static Goal AtMost(string work, double limit, Samples rounds, Func<double, string> text) =>
        new(work, $"≤ {text(limit)}", rounds.Spread(text), rounds.Median <= limit);

    /// <summary>Nothing is asked of it; it is there to judge another figure by.</summary>
    public static Goal Beside(string work, Samples rounds, Func<double, string> text) => new(work, "", rounds.Spread(text), null);

    /// <summary>A row in Markdown.</summary>
    public string Row => $"| {Work} | {Asked} | {Found} | {IsReached switch { true => "yes", false => "**no**", null => "" }} |";
}
