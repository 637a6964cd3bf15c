using System.Text;

namespace Ovms.Service;

/// <summary>
/// Writes arguments as the one text that Windows keeps for a program, so that the C library splits it into the same arguments again.
/// </summary>
internal static class CommandText
{
    /// <summary>Joins the arguments.</summary>
    public static string Of(IEnumerable<string> arguments) => string.Join(' ', arguments.Select(Quoted));

    // Backslashes are ordinary unless a quotation mark follows them: then each is doubled, and the mark gets one more.
    private static string Quoted(string argument)
    {
        if (argument.Length > 0 && !argument.AsSpan().ContainsAny(" \t\n\v\""))
        {
            return argument;
        }

        StringBuilder text = new("\"");
        int backslashes = 0;
        foreach (char letter in argument)
        {
            if (letter == '"')
            {
                text.Append('\\', backslashes + 1);
            }

            backslashes = letter == '\\' ? backslashes + 1 : 0;
            text.Append(letter);
        }

        return text.Append('\\', backslashes).Append('"').ToString();
    }
}
