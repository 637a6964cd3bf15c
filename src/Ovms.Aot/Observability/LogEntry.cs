namespace Ovms.Observability;

/// <summary>Format of log lines.</summary>
internal enum LogForm
{
    /// <summary>For people: see <see cref="LogLine"/>.</summary>
    Text,

    /// <summary>For machines: see <see cref="JsonLogLine"/>.</summary>
    Json,
}

/// <summary>One event to be logged.</summary>
/// <param name="Time">When it happened.</param>
/// <param name="Level">Severity.</param>
/// <param name="Part">The part of the server that logs it.</param>
/// <param name="Event">The event; its name may be missing.</param>
/// <param name="Message">The formatted message.</param>
/// <param name="Exception">The exception, if any.</param>
/// <param name="Fields">The message's values by name.</param>
internal readonly record struct LogEntry(
    DateTimeOffset Time,
    LogLevel Level,
    string Part,
    EventId Event,
    string Message,
    Exception? Exception = null,
    IReadOnlyList<KeyValuePair<string, object?>>? Fields = null)
{
    /// <summary>The level as log lines show it.</summary>
    public string LevelText => Level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        _ => "critical",
    };

    /// <summary>Formats the line. It ends with a newline.</summary>
    /// <param name="form">The format.</param>
    /// <param name="withStackTrace">Whether to write an exception with its stack trace, or only its message.</param>
    public string Write(LogForm form, bool withStackTrace) =>
        form == LogForm.Json ? JsonLogLine.Write(this, withStackTrace) : LogLine.Write(this, withStackTrace);
}
