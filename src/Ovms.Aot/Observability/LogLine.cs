using System.Globalization;
using System.Text;

namespace Ovms.Observability;

/// <summary>
/// Formats a log line as text: <c>[time][level][part] message</c>. One event is one line: this suits line-based tools, and a caller's
/// text cannot forge another line. The lines of a stack trace are indented.
/// </summary>
internal static class LogLine
{
    private const string Indent = "\n    ";

    /// <summary>Formats a line. It ends with a newline.</summary>
    /// <param name="entry">The event.</param>
    /// <param name="withStackTrace">Whether to write an exception with its stack trace, or only its message.</param>
    public static string Write(LogEntry entry, bool withStackTrace)
    {
        StringBuilder line = new();
        line.Append('[').Append(entry.Time.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture));
        line.Append("][").Append(entry.LevelText).Append("][").Append(entry.Part).Append("] ");
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
