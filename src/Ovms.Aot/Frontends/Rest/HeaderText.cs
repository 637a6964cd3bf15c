namespace Ovms.Frontends.Rest;

/// <summary>A sentence as it may stand in a header: one line of printable ASCII, bounded.</summary>
internal static class HeaderText
{
    private const int Limit = 2000;
    private const string Ellipsis = "...";

    /// <summary>The text with blanks for line ends and question marks for what a header cannot carry.</summary>
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
