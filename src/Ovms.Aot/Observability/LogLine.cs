using System.Globalization;
using System.Text;

namespace Ovms.Observability;

/// <summary>How one log line looks: <c>[time][level][part] what happened</c>.</summary>
internal static class LogLine
{
    /// <summary>Formats a line, ending with a newline.</summary>
    /// <param name="withStackTrace">Whether an exception shows where it came from, or only what it says.</param>
    public static string Format(DateTimeOffset time, LogLevel level, string part, string message, Exception? exception, bool withStackTrace)
    {
        StringBuilder line = new();
        line.Append('[').Append(time.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture)).Append("][").Append(LevelText(level)).Append("][").Append(part).Append("] ");
        line.Append(message);
        if (exception is not null)
        {
            line.Append(": ").Append(withStackTrace ? exception.ToString() : exception.Message);
        }

        // One event is one line, so that tools which read lines keep working and a caller's text cannot forge another line.
        if (!withStackTrace)
        {
            line.Replace("\r", "\\r").Replace("\n", "\\n");
        }

        return line.Append('\n').ToString();
    }

    private static string LevelText(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        _ => "critical",
    };
}
