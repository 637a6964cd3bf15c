using System.Globalization;
using System.Text;

namespace Ovms.Observability;

/// <summary>
/// How a log line looks to people: <c>[time][level][part] what happened</c>. One event is one line, so that tools which read lines keep
/// working and a caller's text cannot forge another line; where a stack trace follows, its lines are indented.
/// </summary>
internal static class LogLine
{
    private const string Indent = "\n    ";

    /// <summary>Formats a line, ending with a newline.</summary>
    /// <param name="entry">What to write.</param>
    /// <param name="withStackTrace">Whether an exception shows where it came from, or only what it says.</param>
    public static string Write(LogEntry entry, bool withStackTrace)
    {
        StringBuilder line = new();
        line.Append('[').Append(entry.Time.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture)).Append("][").Append(entry.LevelText).Append("][").Append(entry.Part).Append("] ");
        AppendPlain(line, entry.Message);
        if (entry.Exception is { } exception)
        {
            line.Append(": ");
            if (withStackTrace)
            {
                line.Append(exception.ToString().ReplaceLineEndings(Indent));
            }
            else
            {
                AppendPlain(line, exception.Message);
            }
        }

        return VisibleText.Of(line.Append('\n').ToString());
    }

    private static void AppendPlain(StringBuilder line, string text)
    {
        foreach (char c in text)
        {
            _ = c switch
            {
                '\n' => line.Append("\\n"),
                '\r' => line.Append("\\r"),
                _ => line.Append(c),
            };
        }
    }
}
