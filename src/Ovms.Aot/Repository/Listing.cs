namespace Ovms.Repository;

/// <summary>Shortens a list of names for messages: the first few, and how many more there are.</summary>
internal static class Listing
{
    private const int Shown = 12;

    /// <summary>"a, b, c", "a, b and 30 more", or "nothing".</summary>
    public static string Of(IReadOnlyCollection<string> names) => names.Count switch
    {
        0 => "nothing",
        <= Shown => string.Join(", ", names),
        _ => $"{string.Join(", ", names.Take(Shown))} and {names.Count - Shown} more",
    };
}
