namespace Ovms.Status;

/// <summary>A caller's own text as it may stand in an answer or a log line: bounded.</summary>
internal static class Shown
{
    private const int Limit = 100;
    private const string Ellipsis = "...";

    /// <summary>The text, cut with an ellipsis when it is long; never within a character.</summary>
    public static string Bounded(string text)
    {
        if (text.Length <= Limit)
        {
            return text;
        }

        int end = char.IsHighSurrogate(text[Limit - 1]) ? Limit - 1 : Limit;
        return string.Concat(text.AsSpan(0, end), Ellipsis);
    }
}
