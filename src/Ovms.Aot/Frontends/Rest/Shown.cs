namespace Ovms.Frontends.Rest;

/// <summary>A caller's own text as it may stand in a message or a log line: bounded.</summary>
internal static class Shown
{
    private const int Limit = 128;

    /// <summary>The text, cut with an ellipsis when it is long.</summary>
    public static string Bounded(string text) => text.Length <= Limit ? text : string.Concat(text.AsSpan(0, Limit), "…");
}
