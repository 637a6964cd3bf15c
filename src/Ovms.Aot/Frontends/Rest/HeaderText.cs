namespace Ovms.Frontends.Rest;

/// <summary>Converts a text for use in a header: one line of printable ASCII, of limited length.</summary>
internal static class HeaderText
{
    private const int Limit = 2000;
    private const string Ellipsis = "...";

    /// <summary>Replaces line ends and tabs with spaces, and other characters that a header cannot carry with question marks.</summary>
    public static string Of(string text)
    {
        text = text.Replace("…", Ellipsis, StringComparison.Ordinal);
        string line = string.Create(Math.Min(text.Length, Limit), text, static (target, source) =>
        {
            for (int i = 0; i < target.Length; i++)
            {
                target[i] = source[i] switch
                {
                    >= ' ' and <= '~' => source[i],
                    '\n' or '\r' or '\t' => ' ',
                    _ => '?',
                };
            }
        });
        return text.Length > Limit ? line + Ellipsis : line;
    }
}
